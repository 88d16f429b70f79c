/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes BTF for a kernel that has none: the types that CO-RE needs, from a layout that was found in
 * another way. The programs are the same as with the kernel's own BTF; members that the layout
 * lacks do not exist for them.
 */
#ifndef CAPTRACE_BACKENDS_BPF_BTF_H
#define CAPTRACE_BACKENDS_BPF_BTF_H

#include <stddef.h>

struct err;
struct layout;
struct machine;

/* Bytes of struct pt_regs in that BTF; 0 for a machine whose programs don't need it. */
size_t bpf_btf_regs_size(const struct machine *m);

/*
 * Writes raw BTF to a file in memory. Returns its descriptor, which the caller closes, or a
 * negative errno with @e set.
 */
int bpf_btf_make(const struct layout *l, const struct machine *m, struct err *e);

#endif
