/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a small kernel function refers to: the addresses, offsets and other constants in its code.
 * Kernels without CONFIG_KALLSYMS_ALL name no data, but their functions know where it is.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_CODE_REFS_H
#define CAPTRACE_FTRACE_DISCOVER_CODE_REFS_H

#include <stddef.h>
#include <stdint.h>

struct machine;

/*
 * Constants in the @size bytes of @code, which the kernel has at @addr, in the order of the code
 * and each once. They are candidates: on x86 every four bytes may be one. Returns how many, at most
 * @max.
 */
size_t code_refs(const struct machine *m, uint64_t addr, const unsigned char *code, size_t size,
		 uint64_t *refs, size_t max);

#endif
