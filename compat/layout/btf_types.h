/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads offsets of structure members from BTF: the kernel's own, a raw BTF file, or the .BTF
 * section of a vmlinux. It makes one pass over the types and does not copy them, since captrace
 * needs a few dozen offsets only. It does not use libbpf, because a build without libbpf needs
 * these offsets, too. Format: Documentation/bpf/btf.rst.
 */
#ifndef CAPTRACE_COMPAT_LAYOUT_BTF_TYPES_H
#define CAPTRACE_COMPAT_LAYOUT_BTF_TYPES_H

#include <stddef.h>
#include <stdint.h>

#define BTF_KERNEL "/sys/kernel/btf/vmlinux" /* 5.4 (341dfcf8d78e) */

struct btf_types;
struct err;

/* -ENOENT: no such file; -ENODATA: it has no BTF; -EBADMSG: damaged, or another byte order. */
int btf_types_load(struct btf_types **t, const char *path, struct err *e);
void btf_types_free(struct btf_types *t);

/* Parses BTF in memory, which has to outlive @t. */
int btf_types_parse(struct btf_types **t, const void *data, size_t size, struct err *e);

/*
 * Returns the offset in bytes of @member in struct @name, or -ENOENT. @member may be nested
 * ("ns.inum"); members of unnamed structures are named as in C. A bit field has no byte offset:
 * -ENOENT, too.
 */
int btf_types_offset(const struct btf_types *t, const char *name, const char *member);

#endif
