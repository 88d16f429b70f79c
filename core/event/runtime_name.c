// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/runtime_name.h"

#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/util.h"

#define SPELLINGS_MAX 2

/* The name, followed by its aliases. */
static const char *const spellings[RUNTIMES_LEN][SPELLINGS_MAX] = {
	[RUNTIME_DOCKER] = {"docker"},
	[RUNTIME_CONTAINERD] = {"containerd"},
	[RUNTIME_CRIO] = {"cri-o", "crio"},
	[RUNTIME_PODMAN] = {"podman"},
};

const char *runtime_name_of(enum runtime_id id)
{
	return spellings[id][0];
}

int runtime_name_parse(const char *text)
{
	for (int id = 0; id < RUNTIMES_LEN; id++)
		for (int i = 0; i < SPELLINGS_MAX && spellings[id][i]; i++)
			if (!strcasecmp(spellings[id][i], text))
				return id;
	return -EINVAL;
}

int runtime_name_unknown(const char *text, struct err *e)
{
	char all[128], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, text, strlen(text));
	for (int id = 0; id < RUNTIMES_LEN; id++) {
		nearest_offer(&near, spellings[id][0]);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", spellings[id][0]);
	}
	return err_set(e, -EINVAL, "unknown container runtime '%.64s'%s (choose:%s)", text,
		       nearest_hint(&near, hint, sizeof(hint)), all);
}
