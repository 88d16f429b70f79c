/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses where a layout comes from: the kernel's BTF, a file's BTF, or a file's DWARF. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_LOAD_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_LOAD_H

#include <stdbool.h>

struct err;
struct layout;

/*
 * From @path (raw BTF, or a vmlinux with BTF or DWARF), or if it is NULL from the kernel's own BTF.
 * -ENOENT or -ENODATA if there is none: then it has to be discovered. All is absent after an error.
 */
int layout_load(struct layout *l, const char *path, struct err *e);

/* CAPTRACE_LAYOUT=discover: tests compare what discovery finds with BTF. */
bool layout_discovery_forced(void);

#endif
