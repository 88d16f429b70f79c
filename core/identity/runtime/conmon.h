/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conmon, the parent of a Podman container's first process: its command line says which container
 * it is for. It tells of rootless containers too, which may have no cgroup of their own.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_CONMON_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_CONMON_H

#include <sys/types.h>

struct state_env;

struct conmon {
	pid_t pid;
	char id[65];
	char name[256];   /* "" if not told */
	char bundle[512]; /* folder of the container's configuration; "" if not told */
};

/* 0; -ENOENT if @pid is no conmon, or gone. */
int conmon_read(const struct state_env *env, pid_t pid, struct conmon *c);

/* The conmon among the ancestors of @pid, the nearest. */
int conmon_above(const struct state_env *env, pid_t pid, struct conmon *c);

#endif
