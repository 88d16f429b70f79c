/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The resolver: finds the owner of a cgroup from its path and from the runtimes' state. */
#ifndef CAPTRACE_CORE_IDENTITY_RESOLVER_H
#define CAPTRACE_CORE_IDENTITY_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/identity/runtime/state.h"

struct cgroup_owner;

struct resolver {
	struct state_env env;
	unsigned int reported; /* bit n: that the state of runtimes[n] can't be read */
};

/*
 * Finds the owner from the path alone. It is not complete if a runtime's state may add to it. NULL
 * if there is no memory.
 */
struct cgroup_owner *resolver_by_path(uint64_t key, const char *path);

/*
 * Finds the owner from the path and the runtimes' state. It is complete if the state was found, or
 * if @last. Reads files, which may take as long as the file system does.
 */
struct cgroup_owner *resolver_by_state(struct resolver *r, uint64_t key, const char *path,
				       bool last);

/*
 * Finds the Podman container whose conmon is an ancestor of the process @pid; @key is the key of
 * the process's mount namespace. If there is none, returns a complete owner without a container.
 */
struct cgroup_owner *resolver_by_process(struct resolver *r, uint64_t key, pid_t pid);

#endif
