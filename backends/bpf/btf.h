/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types for a kernel that has none: what CO-RE needs to know, made of a layout that was found in
 * another way. The programs are the same as with the kernel's own BTF; what the layout doesn't have
 * they find missing.
 */
#ifndef CAPTRACE_BACKENDS_BPF_BTF_H
#define CAPTRACE_BACKENDS_BPF_BTF_H

#include <stddef.h>

struct err;
struct layout;
struct machine;

/* Bytes of the struct pt_regs that is in it; 0 for a machine whose programs don't need one. */
size_t bpf_btf_regs_size(const struct machine *m);

/* Raw BTF in a file that is in memory alone. Returns its descriptor, or a negative errno. */
int bpf_btf_make(const struct layout *l, const struct machine *m, struct err *e);

#endif
