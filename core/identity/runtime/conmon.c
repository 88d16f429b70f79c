// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/conmon.h"

#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/state.h"

#define ANCESTORS_MAX 64 /* from a container's process up to conmon */

/* The value of option @name in the NUL-separated words of @args. */
static const char *word_after(const char *args, size_t len, const char *name)
{
	const char *end = args + len;

	for (const char *p = args; p < end; p += strlen(p) + 1)
		if (!strcmp(p, name))
			return p + strlen(p) + 1 < end ? p + strlen(p) + 1 : NULL;
	return NULL;
}

int conmon_read(const struct state_env *env, pid_t pid, struct conmon *c)
{
	cleanup_free char *args = NULL;
	char path[STATE_PATH_MAX];
	const char *base, *id, *name, *bundle;
	size_t len;

	if (state_path(env, path, "/proc/%d/cmdline", (int)pid))
		return -ENAMETOOLONG;
	args = state_read(path, &len);
	if (!args || !len)
		return -ENOENT;
	base = strrchr(args, '/');
	if (strcmp(base ? base + 1 : args, "conmon") != 0)
		return -ENOENT;
	id = word_after(args, len, "-c");
	name = word_after(args, len, "-n");
	bundle = word_after(args, len, "-b");
	if (!id || strlen(id) != sizeof(c->id) - 1)
		return -ENOENT;
	memcpy(c->id, id, sizeof(c->id));
	c->pid = pid;
	snprintf(c->name, sizeof(c->name), "%s", name ? name : "");
	snprintf(c->bundle, sizeof(c->bundle), "%s", bundle ? bundle : "");
	return 0;
}

static pid_t parent_of(const struct state_env *env, pid_t pid)
{
	cleanup_free char *stat = NULL;
	char path[STATE_PATH_MAX];
	const char *p;
	int ppid;

	if (state_path(env, path, "/proc/%d/stat", (int)pid))
		return 0;
	stat = state_read(path, NULL);
	/* The process name before it may contain any character, also ')'. */
	p = stat ? strrchr(stat, ')') : NULL;
	return p && sscanf(p + 1, " %*c %d", &ppid) == 1 ? ppid : 0;
}

int conmon_above(const struct state_env *env, pid_t pid, struct conmon *c)
{
	for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		if (!conmon_read(env, pid, c))
			return 0;
		pid = parent_of(env, pid);
	}
	return -ENOENT;
}
