/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections of an ELF file, through libelf. */
#ifndef CAPTRACE_COMPAT_LAYOUT_ELF_SECTION_H
#define CAPTRACE_COMPAT_LAYOUT_ELF_SECTION_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* Whether @path starts as an ELF file does. */
bool elf_is(const char *path);

/* Section @name of @path, in @data (to be freed); -ENODATA if there is none. */
int elf_section_read(const char *path, const char *name, void **data, size_t *size, struct err *e);

#endif
