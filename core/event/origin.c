// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/origin.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/clock.h"
#include "core/base/util.h"
#include "core/event/capname.h"

void origin_init(struct cap_origin *origin)
{
	struct utsname u;

	*origin = (struct cap_origin){0};
	origin->start = clock_wall_ns();
	if (uname(&u))
		return;
	snprintf(origin->host, sizeof(origin->host), "%s", u.nodename);
	snprintf(origin->kernel, sizeof(origin->kernel), "%s", u.release);
	snprintf(origin->build, sizeof(origin->build), "%s", u.version);
	snprintf(origin->arch, sizeof(origin->arch), "%s", u.machine);
}

void cap_sets_read(struct cap_sets *sets, pid_t pid)
{
	const struct {
		const char *name;
		uint64_t *set;
	} lines[] = {
		{"CapInh:", &sets->inheritable},
		{"CapPrm:", &sets->permitted},
		{"CapBnd:", &sets->bounding},
		{"CapAmb:", &sets->ambient}, /* since 4.3 */
	};
	cleanup_fclose FILE *f = NULL;
	char path[64], line[256];
	uint64_t known = capname_known();
	int found = 0;

	*sets = (struct cap_sets){0};
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			if (!strncmp(line, lines[i].name, strlen(lines[i].name))) {
				*lines[i].set =
					strtoull(line + strlen(lines[i].name), NULL, 16) & known;
				found++;
			}
	sets->known = found >= 3;
}
