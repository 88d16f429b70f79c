/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Container runtimes: a row and a file each. To add one, write its read() and add a row to the
 * table in runtimes.c.
 */
#ifndef CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H
#define CAPTRACE_CORE_IDENTITY_RUNTIME_RUNTIME_H

#include "core/identity/cgroup_path.h"

struct container;
struct err;
struct state_env;

/* A container as its cgroup tells of it. */
struct container_ref {
	const char *id;
	const char
		*cgroup; /* whole path, from the hierarchy's root; "" if it has none of its own */
	const char *bundle; /* folder of its configuration; NULL: not known */
};

struct runtime {
	const char *name;    /* "docker" */
	const char *aliases; /* other spellings for -r, comma-separated; or NULL */
	const char *prefix;  /* of its containers' cgroups, as in docker-<id>.scope */
	const char *parent;  /* that a bare id of its lies in, as in /docker/<id>; or NULL */
	/* Files of which one is there where the runtime is; end with NULL. */
	const char *const *signs;
	/*
	 * Fills @c from the runtime's state. 0; -ENOENT if it knows of no such container; another
	 * negative errno if its state can't be read.
	 */
	int (*read)(const struct state_env *env, const struct container_ref *ref,
		    struct container *c);
};

extern const struct runtime *const runtimes[]; /* ends with NULL */

/* By name or alias; NULL if there is none. */
const struct runtime *runtime_find(const char *name);

/* Whose container it is by the name of its cgroup; NULL if that doesn't tell. */
const struct runtime *runtime_of(const struct cgroup_container *part);

/* Whether there are signs of it on this machine. */
bool runtime_present(const struct runtime *r, const struct state_env *env);

/* Says in @e that @name is none, what it was perhaps meant to be and which there are: -EINVAL. */
int runtime_unknown(const char *name, struct err *e);

extern const struct runtime docker_runtime, containerd_runtime, crio_runtime, podman_runtime;

#endif
