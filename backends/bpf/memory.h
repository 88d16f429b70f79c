/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables that captrace and the programs of a BPF object share: mapped, or before fc9702273e2e
 * (5.5) copies that system calls write and read whole.
 */
#ifndef CAPTRACE_BACKENDS_BPF_MEMORY_H
#define CAPTRACE_BACKENDS_BPF_MEMORY_H

struct bpf_progs;
struct bpf_shared;
struct err;

/* Before the load, where maps can't be mapped: has none asked for that can. */
int bpf_memory_unmap(struct bpf_progs *l, struct err *e);

/* After it: fills in @l's control and shared, and targets where they are mapped. */
int bpf_memory_reach(struct bpf_progs *l, struct err *e);
void bpf_memory_leave(struct bpf_progs *l);

/* Makes what has been set in @l->control known to the programs. 0 or a negative errno. */
int bpf_memory_tell(const struct bpf_progs *l);

/*
 * What the programs have written up to now; it goes on changing where it is mapped. NULL, with errno, if
 * it can't be read.
 */
const volatile struct bpf_shared *bpf_memory_shared(const struct bpf_progs *l);

#endif
