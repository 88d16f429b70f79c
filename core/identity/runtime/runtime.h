/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Container runtimes: a row and a file each. To add one, name it in core/event/runtime_name, write a
 * file with its read() and its row, and add that row to the table in runtimes.c.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H

#include "core/event/runtime_name.h"
#include "core/identity/cgroup_path.h"

struct container;
struct state_env;

/* A container as its cgroup tells of it. */
struct container_ref {
	const char *id;
	const char
		*cgroup; /* whole path, from the hierarchy's root; "" if it has none of its own */
	const char *bundle; /* folder of its configuration; NULL: not known */
};

struct runtime {
	enum runtime_id id;
	const char *prefix; /* of its containers' cgroups, as in docker-<id>.scope */
	const char *parent; /* that a bare id of its lies in, as in /docker/<id>; or NULL */
	/* Files of which one is there where the runtime is; end with NULL. */
	const char *const *signs;
	/*
	 * Fills @c from the runtime's state. 0; -ENOENT if it knows of no such container; another
	 * negative errno if its state can't be read.
	 */
	int (*read)(const struct state_env *env, const struct container_ref *ref,
		    struct container *c);
};

extern const struct runtime *const runtimes[RUNTIMES_LEN]; /* by their id */

/* Whose container it is by the name of its cgroup; NULL if that doesn't tell. */
const struct runtime *runtime_of(const struct cgroup_container *part);

/* Whether there are signs of it on this machine. */
bool runtime_present(const struct runtime *r, const struct state_env *env);

extern const struct runtime docker_runtime, containerd_runtime, crio_runtime, podman_runtime;

#endif
