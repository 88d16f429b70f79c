/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the kernel's memory, and the kernel types and libbpf's macros that it takes; every other
 * header of bpf/ is built on it. Where KERNEL_WORD is 4 the kernel is of 32 bits, but BPF is of 64 bits
 * everywhere: a pointer that is read there has four bytes and the next member after it.
 */
#ifndef CAPTRACE_BPF_READ_H
#define CAPTRACE_BPF_READ_H

/* libbpf's headers need the types, and are needed by each other, in this order. */
#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#if KERNEL_WORD == 4

#define POINTER_CLASS 5 /* what __builtin_classify_type() says of pointers */

static __always_inline long read_pointer(void *dst, const void *src)
{
	__u32 word = 0;
	long rc = bpf_probe_read_kernel(&word, sizeof(word), src);

	*(__u64 *)dst = word;
	return rc;
}

/* BPF_CORE_READ() is made of this. */
#undef bpf_core_read
#define bpf_core_read(dst, sz, src)                                                      \
	(__builtin_classify_type(*(dst)) == POINTER_CLASS                                \
		 ? read_pointer(dst, (const void *)__builtin_preserve_access_index(src)) \
		 : bpf_probe_read_kernel(dst, sz,                                        \
					 (const void *)__builtin_preserve_access_index(src)))

/* Not atomic: neither i386's nor arm's JIT can do that. Of losses at one moment one may be counted. */
#define COUNT(counter) ((void)((counter) += 1))

#else

#define COUNT(counter) ((void)__sync_fetch_and_add(&(counter), 1))

#endif

#endif
