// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "core/util.h"

#define NS_PER_SEC UINT64_C(1000000000)

void source_init(struct cap_source *src)
{
	struct timespec now;
	struct utsname u;

	*src = (struct cap_source){0};
	clock_gettime(CLOCK_REALTIME, &now);
	src->start = (uint64_t)now.tv_sec * NS_PER_SEC + (uint64_t)now.tv_nsec;
	if (uname(&u))
		return;
	snprintf(src->host, sizeof(src->host), "%s", u.nodename);
	snprintf(src->kernel, sizeof(src->kernel), "%s", u.release);
	snprintf(src->build, sizeof(src->build), "%s", u.version);
	snprintf(src->arch, sizeof(src->arch), "%s", u.machine);
}

void cap_sets_read(struct cap_sets *sets, pid_t pid)
{
	const struct {
		const char *format;
		uint64_t *set;
	} lines[] = {
		{"CapInh: %" SCNx64, &sets->inheritable},
		{"CapPrm: %" SCNx64, &sets->permitted},
		{"CapBnd: %" SCNx64, &sets->bounding},
		{"CapAmb: %" SCNx64, &sets->ambient}, /* 4.3 */
	};
	cleanup_fclose FILE *f = NULL;
	char path[64], line[256];
	int found = 0;

	*sets = (struct cap_sets){0};
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			found += sscanf(line, lines[i].format, lines[i].set) == 1;
	sets->known = found >= 3;
}
