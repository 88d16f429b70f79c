/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables that captrace and the programs of a BPF object share: mapped, or before fc9702273e2e
 * (5.5) copies that system calls write and read whole.
 */
#ifndef CAPTRACE_BACKENDS_BPF_MEMORY_H
#define CAPTRACE_BACKENDS_BPF_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_control;
struct bpf_object;
struct bpf_shared;
struct err;

struct bpf_memory {
	struct bpf_object *obj; /* borrowed */
	bool mapped;
	/* Mapped or copies: bpf_memory_tell() after a change, bpf_memory_shared() to read. */
	struct bpf_control *control;
	struct bpf_shared *shared;
	uint8_t *targets;   /* enum target_state of each thread group; NULL with cfg.seeded */
	size_t targets_len; /* of them */
};

/* Before the load, where maps can't be mapped: has none of @obj asked for that can. */
int bpf_memory_unmap(struct bpf_object *obj, struct err *e);

/* After the load, with `obj` and `mapped` set: fills in the rest. 0, or a negative errno with @e set. */
int bpf_memory_reach(struct bpf_memory *m, struct err *e);
void bpf_memory_leave(struct bpf_memory *m);

/* Makes what has been set in m->control known to the programs. 0 or a negative errno. */
int bpf_memory_tell(const struct bpf_memory *m);

/*
 * What the programs have written up to now; it goes on changing where it is mapped. NULL, with errno, if
 * it can't be read.
 */
const volatile struct bpf_shared *bpf_memory_shared(const struct bpf_memory *m);

#endif
