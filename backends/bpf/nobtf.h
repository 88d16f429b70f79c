/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf:nobtf: what the other variants take from the kernel's BTF is found out at the start. */
#ifndef CAPTRACE_BACKENDS_BPF_NOBTF_H
#define CAPTRACE_BACKENDS_BPF_NOBTF_H

#include <stddef.h>
#include <stdint.h>

struct err;

struct bpf_nobtf {
	int btf_fd;        /* types made of what was found (backends/bpf/btf.h); to be closed */
	const char *how;   /* it was found; static */
	uint64_t fields;   /* FIELD() bits that can be given with it */
	size_t stack_size; /* from the start of a task's stack to the end of its saved registers */
};

/* @btf_path: --btf, whose types are then taken, or NULL. Needs tracefs with kprobe_events. */
int bpf_nobtf_find(struct bpf_nobtf *l, const char *btf_path, struct err *e);

#endif
