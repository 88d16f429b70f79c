/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a layout from the DWARF of a vmlinux, with libdw. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_DWARF_H

struct err;
struct layout;

/*
 * Fills l->at; fields that @path lacks stay as they are. -ENODATA: @path has no DWARF; -EOPNOTSUPP:
 * this build has no libdw.
 */
int layout_from_dwarf(struct layout *l, const char *path, struct err *e);

#endif
