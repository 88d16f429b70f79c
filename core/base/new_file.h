/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Creates a new file, either completely or not at all, and never replaces an existing one. */
#ifndef CAPTRACE_CORE_BASE_NEW_FILE_H
#define CAPTRACE_CORE_BASE_NEW_FILE_H

#include <stddef.h>

struct err;

/*
 * Whether new_file_write() could create @path, as far as can be checked in advance. -EEXIST if
 * anything has that name, even a dangling symbolic link.
 */
int new_file_check(const char *path, struct err *e);

/* Writes @data to the new file @path, with mode 0600. Leaves nothing behind if it fails. */
int new_file_write(const char *path, const void *data, size_t len, struct err *e);

#endif
