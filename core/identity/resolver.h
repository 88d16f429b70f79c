/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The resolver: finds the owner of a cgroup by its path and by what the runtimes' state tells. */
#ifndef CAPTRACE_CORE_IDENTITY_RESOLVER_H
#define CAPTRACE_CORE_IDENTITY_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/identity/runtime/state.h"

struct cgroup_owner;

struct resolver {
	struct state_env env;
	unsigned int told; /* bit n: it has been said that the state of runtimes[n] can't be read */
};

/* By the path alone: not complete if a runtime's state may tell more. NULL: no memory. */
struct cgroup_owner *resolver_by_path(uint64_t key, const char *path);

/*
 * With what the runtimes' state tells; complete if that was found, or if @last. Reads files, which
 * may take as long as the file system does.
 */
struct cgroup_owner *resolver_by_state(struct resolver *r, uint64_t key, const char *path,
				       bool last);

/*
 * The container of Podman's whose conmon is above the process @pid, in the mount namespace with
 * this key; one that is nobody's, and complete, if there is none.
 */
struct cgroup_owner *resolver_by_process(struct resolver *r, uint64_t key, pid_t pid);

#endif
