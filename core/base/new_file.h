/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that wasn't there before, whole or not at all. */
#ifndef CAPTRACE_CORE_BASE_NEW_FILE_H
#define CAPTRACE_CORE_BASE_NEW_FILE_H

#include <stddef.h>

struct err;

/*
 * Whether new_file_write() could make @path, as far as can be told: -EEXIST if there is something of
 * that name, a link that leads nowhere too.
 */
int new_file_check(const char *path, struct err *e);

/* Writes @data there, for its owner alone. Nothing stays behind if it fails. */
int new_file_write(const char *path, const void *data, size_t len, struct err *e);

#endif
