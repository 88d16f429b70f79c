/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the kernel's tracing files: a mounted tracefs, else the folder in debugfs (before 4.1),
 * else captrace mounts one for its own processes. libtracefs is told the path, so that it neither
 * searches nor mounts by itself.
 */
#ifndef CAPTRACE_COMPAT_HOST_TRACEDIR_H
#define CAPTRACE_COMPAT_HOST_TRACEDIR_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct tracedir;

/*
 * -ENOENT: this kernel has no tracing; -EPERM, -EACCES: captrace may not use it. @e says what to do
 * about it.
 */
int tracedir_open(struct tracedir **t, struct err *e);

/* Opens a folder of the same form, for tests. */
int tracedir_open_at(struct tracedir **t, const char *path, struct err *e);

void tracedir_close(struct tracedir *t);

/* Whether captrace mounted it for its own processes. */
bool tracedir_is_own(const struct tracedir *t);

/* The path, without a trailing slash. */
const char *tracedir_path(const struct tracedir *t);

/*
 * Reads up to @size - 1 bytes of a small file below it into @buf, as a string. Returns the string's
 * length, or a negative errno.
 */
int tracedir_read(const struct tracedir *t, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
