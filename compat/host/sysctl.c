// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/sysctl.h"

#include <inttypes.h>

#include "core/base/util.h"

bool sysctl_read(const char *name, int64_t *value)
{
	cleanup_fclose FILE *f = NULL;
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	f = fopen(path, "re");
	return f && fscanf(f, "%" SCNd64, value) == 1;
}
