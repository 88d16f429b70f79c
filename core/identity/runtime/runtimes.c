// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/runtime.h"

#include "core/base/util.h"
#include "core/identity/runtime/state.h"

/* The order in which runtimes are asked if a cgroup's name doesn't show whose it is. */
const struct runtime *const runtimes[RUNTIMES_LEN] = {
	[RUNTIME_DOCKER] = &docker_runtime,
	[RUNTIME_CONTAINERD] = &containerd_runtime,
	[RUNTIME_CRIO] = &crio_runtime,
	[RUNTIME_PODMAN] = &podman_runtime,
};

const struct runtime *runtime_of(const struct cgroup_container *part)
{
	for (int i = 0; i < RUNTIMES_LEN; i++) {
		if (part->prefix.s && text_is(part->prefix, runtimes[i]->prefix))
			return runtimes[i];
		if (!part->prefix.s && runtimes[i]->parent &&
		    text_is(part->parent, runtimes[i]->parent))
			return runtimes[i];
	}
	return NULL;
}

bool runtime_present(const struct runtime *r, const struct state_env *env)
{
	char path[STATE_PATH_MAX];

	for (size_t i = 0; r->signs[i]; i++)
		if (!state_path(env, path, "%s", r->signs[i]) && !access(path, F_OK))
			return true;
	return false;
}
