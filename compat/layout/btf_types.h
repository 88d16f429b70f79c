/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Offsets of structure members from BTF: the kernel's own, a raw BTF file, or the .BTF section of
 * a vmlinux. One pass over the types and no copies of them, because all that is wanted is a few
 * dozen offsets, and a build without libbpf wants them too. Format: Documentation/bpf/btf.rst.
 */
#ifndef CAPTRACE_COMPAT_LAYOUT_BTF_TYPES_H
#define CAPTRACE_COMPAT_LAYOUT_BTF_TYPES_H

#include <stddef.h>
#include <stdint.h>

#define BTF_KERNEL "/sys/kernel/btf/vmlinux" /* 5.4 (341dfcf8d78e) */

struct btf_types;
struct err;

/* -ENOENT: no such file; -ENODATA: it has no BTF; -EBADMSG: damaged, or of another byte order. */
int btf_types_load(struct btf_types **t, const char *path, struct err *e);
void btf_types_free(struct btf_types *t);

/* The same from memory, which has to outlive @t. */
int btf_types_parse(struct btf_types **t, const void *data, size_t size, struct err *e);

/*
 * Byte offset of @member ("ns.inum"; members of unnamed structures as in C) in struct @name, or
 * -ENOENT. A bit field has no byte offset: -EINVAL.
 */
int btf_types_offset(const struct btf_types *t, const char *name, const char *member);

#endif
