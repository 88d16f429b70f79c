/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout from the DWARF of a vmlinux, through libdw; -EOPNOTSUPP in a build without it. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H

struct err;
struct layout;

/* Fills l->at. What @path does not tell stays as it is. -ENODATA if it has no DWARF. */
int layout_from_dwarf(struct layout *l, const char *path, struct err *e);

#endif
