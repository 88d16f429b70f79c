// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/runtime.h"

#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/util.h"
#include "core/identity/runtime/state.h"

/* Asked in this order where the name of a cgroup doesn't tell whose it is. */
const struct runtime *const runtimes[] = {
	&docker_runtime, &containerd_runtime, &crio_runtime, &podman_runtime, NULL,
};

static bool has_alias(const struct runtime *r, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = r->aliases; p && *p; p += *p == ',') {
		size_t n = strcspn(p, ",");

		if (n == len && !strncasecmp(p, name, len))
			return true;
		p += n;
	}
	return false;
}

const struct runtime *runtime_find(const char *name)
{
	for (size_t i = 0; runtimes[i]; i++)
		if (!strcasecmp(runtimes[i]->name, name) || has_alias(runtimes[i], name))
			return runtimes[i];
	return NULL;
}

const struct runtime *runtime_of(const struct cgroup_container *part)
{
	for (size_t i = 0; runtimes[i]; i++) {
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

int runtime_unknown(const char *name, struct err *e)
{
	char all[128], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, name, strlen(name));
	for (size_t i = 0; runtimes[i]; i++) {
		nearest_offer(&near, runtimes[i]->name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", runtimes[i]->name);
	}
	return err_set(e, -EINVAL, "unknown container runtime '%.64s'%s; there are:%s", name,
		       nearest_hint(&near, hint, sizeof(hint)), all);
}
