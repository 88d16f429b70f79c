/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BPF objects that are built in, compiled from the .bpf.c files in bpf/: one or two per
 * variant.
 */
#ifndef CAPTRACE_BACKENDS_BPF_IMAGES_H
#define CAPTRACE_BACKENDS_BPF_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

/* The rows of bpf_backend_ops.variants: the order in which `auto` tries them. */
enum bpf_variant { BPF_FEXIT, BPF_KPROBE, BPF_TRACEPOINT, BPF_NOBTF };

struct bpf_object_desc {
	enum bpf_variant variant;
	const void *(*elf)(size_t *size);
	bool needs_kernel_btf; /* typed programs attach by the kernel's own BTF, not by --btf */
	bool learned;          /* the layout of structures is found at the start, in part */
	int word;              /* bytes of a long in the kernels that it is for */
};

/* The object for kernels whose longs have @word bytes. NULL if this build has none. */
const struct bpf_object_desc *bpf_object_desc_find(enum bpf_variant variant, int word);

#endif
