/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel's tracing files are: tracefs where it is mounted, else below debugfs (before
 * 4.1), else mounted for captrace alone. libtracefs is pointed at it, so that it neither searches
 * nor mounts by itself.
 */
#ifndef CAPTRACE_COMPAT_HOST_TRACEDIR_H
#define CAPTRACE_COMPAT_HOST_TRACEDIR_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct tracedir;

/* -ENOENT: no tracing in this kernel; -EPERM, -EACCES: not for us; each with the way out in @e. */
int tracedir_open(struct tracedir **t, struct err *e);

/* A folder that is like it, for tests. */
int tracedir_open_at(struct tracedir **t, const char *path, struct err *e);

void tracedir_close(struct tracedir *t);

/* Whether it was mounted for captrace alone. */
bool tracedir_is_own(const struct tracedir *t);

/* Without a trailing slash. */
const char *tracedir_path(const struct tracedir *t);

/* The start of a small file below it, in @buf, as a string. Returns its length. */
int tracedir_read(const struct tracedir *t, char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
