/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Container runtimes, each with a file and a row in a table. To add one, name it in
 * core/event/runtime_name, write a file with its read() and its row, and add that row to the table
 * in runtimes.c.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H

#include "core/event/runtime_name.h"
#include "core/identity/cgroup_path.h"

struct container;
struct state_env;

/* A container, as far as its cgroup or conmon identifies it. */
struct container_ref {
	const char *id;
	const char *cgroup; /* path from the hierarchy's root; "" if it has none of its own */
	const char *bundle; /* folder of its configuration; NULL: unknown */
};

struct runtime {
	enum runtime_id id;
	const char *prefix; /* in the names of its cgroups: "docker" of docker-<id>.scope */
	const char *parent; /* component before a bare id, as in /docker/<id>; or NULL */
	/* Files that show that the runtime is installed (any one is enough); ends with NULL. */
	const char *const *signs;
	/*
	 * Fills @c from the runtime's state. 0; -ENOENT if the runtime doesn't know the container;
	 * another negative errno if its state can't be read.
	 */
	int (*read)(const struct state_env *env, const struct container_ref *ref,
		    struct container *c);
};

extern const struct runtime *const runtimes[RUNTIMES_LEN]; /* by their id */

/* The runtime that the name of the cgroup @part belongs to; NULL if the name doesn't show it. */
const struct runtime *runtime_of(const struct cgroup_container *part);

/* Whether one of its signs exists on this machine. */
bool runtime_present(const struct runtime *r, const struct state_env *env);

extern const struct runtime docker_runtime, containerd_runtime, crio_runtime, podman_runtime;

#endif
