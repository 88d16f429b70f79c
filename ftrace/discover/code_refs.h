/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects the constants in the code of a small kernel function: addresses, offsets and others.
 * Kernels without CONFIG_KALLSYMS_ALL have no symbols of data, but the code that uses data has its
 * addresses.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_CODE_REFS_H
#define CAPTRACE_FTRACE_DISCOVER_CODE_REFS_H

#include <stddef.h>
#include <stdint.h>

struct machine;

/*
 * Puts into @refs the constants in the @size bytes of @code, which the kernel has at @addr: each
 * one once, in the order of the code. They are only candidates; on x86 any four bytes are one.
 * Returns their number, at most @max.
 */
size_t code_refs(const struct machine *m, uint64_t addr, const unsigned char *code, size_t size,
		 uint64_t *refs, size_t max);

#endif
