/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state files of container runtimes, read so that nothing in them can hold captrace up or fill
 * its memory: regular files only, of a limited size, opened without waiting.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_STATE_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_STATE_H

#include <jansson.h>
#include <stddef.h>

#define STATE_PATH_MAX 512

/* Where the machine's files are: "" or, in a container and in tests, what stands for its "/". */
struct state_env {
	const char *root;
};

/* The path below the root, in @buf (STATE_PATH_MAX bytes). -ENAMETOOLONG. */
int state_path(const struct state_env *env, char *buf, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The file at @path (of state_path()) with a NUL after it, to be freed; its length without that in
 * @len, if not NULL. NULL with errno set: EMEDIUMTYPE if it is no regular file, EFBIG.
 */
char *state_read(const char *path, size_t *len);

/* The same as JSON; EBADMSG if it is none. */
json_t *state_json(const char *path);

/* A member that is a string, not empty; else NULL. */
const char *state_str(const json_t *object, const char *key);

static inline void state_json_freep(json_t **j)
{
	if (*j)
		json_decref(*j);
}

#define cleanup_json __attribute__((cleanup(state_json_freep)))

#endif
