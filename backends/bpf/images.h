/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BPF objects that are built in, compiled from the .bpf.c files of bpf: one or two a variant. */
#ifndef CAPTRACE_BACKENDS_BPF_IMAGES_H
#define CAPTRACE_BACKENDS_BPF_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

/* The rows of bpf_backend_ops.variants: the order in which `auto` tries them. */
enum bpf_variant { BPF_FEXIT, BPF_KPROBE, BPF_TRACEPOINT, BPF_NOBTF };

struct bpf_object_desc {
	enum bpf_variant variant;
	const void *(*elf)(size_t *size);
	bool needs_kernel_btf; /* typed programs attach by the kernel's own BTF, whatever --btf says */
	bool learned; /* the kernel's structures are found out at the start: nothing is known of others */
	int word; /* bytes of a long in kernels that it is for */
};

/* For a kernel whose longs have @word bytes. NULL if there is none in this build. */
const struct bpf_object_desc *bpf_object_desc_find(enum bpf_variant variant, int word);

#endif
