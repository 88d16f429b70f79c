/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout from the DWARF of a vmlinux, through libdw; -EOPNOTSUPP in a build without it. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H

struct err;
struct layout;

/* Fills l->at. -ENODATA if @path has no DWARF, or none of a kernel. */
int layout_from_dwarf(struct layout *l, const char *path, struct err *e);

#endif
