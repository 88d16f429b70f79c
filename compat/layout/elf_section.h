/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads sections of an ELF file, with libelf. */
#ifndef CAPTRACE_COMPAT_LAYOUT_ELF_SECTION_H
#define CAPTRACE_COMPAT_LAYOUT_ELF_SECTION_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* Whether @path is an ELF file, by its magic number. */
bool elf_is(const char *path);

/* Reads section @name of @path into @data, which the caller frees. -ENODATA: there is none. */
int elf_section_read(const char *path, const char *name, void **data, size_t *size, struct err *e);

#endif
