/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads a layout from the kernel's BTF, a file's BTF, or a file's DWARF. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_LOAD_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_LOAD_H

#include <stdbool.h>

struct err;
struct layout;

/*
 * Loads it from @path (raw BTF, or a vmlinux with BTF or DWARF), or from the kernel's own BTF if
 * @path is NULL. -ENOENT or -ENODATA: there is none, so that the layout has to be discovered. After
 * an error all fields are absent.
 */
int layout_load(struct layout *l, const char *path, struct err *e);

/* CAPTRACE_LAYOUT=discover: lets tests compare what discovery finds with BTF. */
bool layout_discovery_forced(void);

#endif
