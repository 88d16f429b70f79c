/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How kernel memory is read, with the kernel types and libbpf macros for it; all other headers of
 * bpf/ build on this one. If KERNEL_WORD is 4, the kernel has 32 bits, but BPF programs always have
 * 64: a pointer in kernel memory then has four bytes, and the next member follows it.
 */
#ifndef CAPTRACE_BPF_READ_H
#define CAPTRACE_BPF_READ_H

/* The order matters: libbpf's headers need the types, and each needs those before it. */
#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#if KERNEL_WORD == 4

#define POINTER_CLASS 5 /* __builtin_classify_type() of a pointer */

static __always_inline long read_pointer(void *dst, const void *src)
{
	__u32 word = 0;
	long rc = bpf_probe_read_kernel(&word, sizeof(word), src);

	*(__u64 *)dst = word;
	return rc;
}

/* BPF_CORE_READ() expands to this. */
#undef bpf_core_read
#define bpf_core_read(dst, sz, src)                                                      \
	(__builtin_classify_type(*(dst)) == POINTER_CLASS                                \
		 ? read_pointer(dst, (const void *)__builtin_preserve_access_index(src)) \
		 : bpf_probe_read_kernel(dst, sz,                                        \
					 (const void *)__builtin_preserve_access_index(src)))

/*
 * Not atomic, because the JITs of i386 and arm do not support that: of losses at the same moment
 * only one may be counted.
 */
#define COUNT(counter) ((void)((counter) += 1))

#else

#define COUNT(counter) ((void)__sync_fetch_and_add(&(counter), 1))

#endif

#endif
