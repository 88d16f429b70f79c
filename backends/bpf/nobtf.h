/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf:nobtf: finds out at the start what the other variants take from the kernel's BTF. */
#ifndef CAPTRACE_BACKENDS_BPF_NOBTF_H
#define CAPTRACE_BACKENDS_BPF_NOBTF_H

#include <stddef.h>
#include <stdint.h>

struct err;

struct bpf_nobtf {
	int btf_fd;        /* BTF made from the layout (backends/bpf/btf.h); the owner closes it */
	const char *how;   /* how the layout was found; static */
	uint64_t fields;   /* FIELD() bits that the layout is sufficient for */
	size_t stack_size; /* from the start of a task's stack to the end of its saved registers */
};

/*
 * Finds the layout and makes BTF from it. @btf_path: --btf, whose types are then used, or NULL.
 * Needs tracefs with kprobe_events. 0, or a negative errno with @e set.
 */
int bpf_nobtf_find(struct bpf_nobtf *out, const char *btf_path, struct err *e);

#endif
