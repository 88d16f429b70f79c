/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the state files of container runtimes in such a way that nothing in them can block captrace
 * or fill its memory: only regular files of a limited size, opened without waiting.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_STATE_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_STATE_H

#include <jansson.h>
#include <stddef.h>

#define STATE_PATH_MAX 512

/*
 * Where the machine's files are: "", or a folder that stands for "/" (in a container and in tests).
 */
struct state_env {
	const char *root;
};

/* Writes the path below the root to @buf (STATE_PATH_MAX bytes). -ENAMETOOLONG. */
int state_path(const struct state_env *env, char *buf, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Reads the file at @path (made by state_path()) and puts a NUL after it; to be freed. Sets @len,
 * if not NULL, to the length without the NUL. NULL with errno set: EMEDIUMTYPE if it is not a
 * regular file, EFBIG if it is too long.
 */
char *state_read(const char *path, size_t *len);

/* The same, parsed as JSON; errno is EBADMSG if it is not JSON. */
json_t *state_json(const char *path);

/* The string member @key; NULL if it is missing, empty or not a string. */
const char *state_str(const json_t *object, const char *key);

static inline void state_json_freep(json_t **j)
{
	if (*j)
		json_decref(*j);
}

#define cleanup_json __attribute__((cleanup(state_json_freep)))

#endif
