/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conmon is the parent of a Podman container's first process, and its command line names the
 * container. This works for rootless containers, too, which may have no cgroup of their own.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_CONMON_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_CONMON_H

#include <sys/types.h>

struct state_env;

struct conmon {
	pid_t pid;
	char id[65];
	char name[256];   /* "" if not given */
	char bundle[512]; /* folder of the container's configuration; "" if not given */
};

/* Reads @pid's command line. 0; -ENOENT if @pid is not a conmon, or is gone. */
int conmon_read(const struct state_env *env, pid_t pid, struct conmon *c);

/* Finds the nearest conmon among @pid and its ancestors. */
int conmon_above(const struct state_env *env, pid_t pid, struct conmon *c);

#endif
