/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables that captrace and the programs of a BPF object share. They are mapped or, before
 * fc9702273e2e (5.5), copies that are written and read as a whole by system calls.
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
	/* In both cases: call bpf_memory_tell() after a change, and bpf_memory_shared() to read. */
	struct bpf_control *control;
	struct bpf_shared *shared;
	uint8_t *targets;   /* enum target_state of each thread group; NULL with cfg.seeded */
	size_t targets_len; /* bytes */
};

/*
 * Call before load if the kernel has no maps that can be mapped: removes BPF_F_MMAPABLE from the
 * maps of @obj. 0, or a negative errno with @e set.
 */
int bpf_memory_unmap(struct bpf_object *obj, struct err *e);

/*
 * Call after load with `obj` and `mapped` set: fills in the other members. 0, or a negative errno
 * with @e set.
 */
int bpf_memory_reach(struct bpf_memory *m, struct err *e);
void bpf_memory_leave(struct bpf_memory *m);

/* Passes m->control on to the programs. 0 or a negative errno. */
int bpf_memory_tell(const struct bpf_memory *m);

/*
 * What the programs have written so far. If it is mapped, it goes on changing. NULL, with errno
 * set, if it can't be read.
 */
const volatile struct bpf_shared *bpf_memory_shared(const struct bpf_memory *m);

#endif
