// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/cpus.h"

#include <string.h>

#include "core/base/util.h"

int cpus_parse(struct cpus *c, const char *list)
{
	memset(c, 0, sizeof(*c));
	while (*list && *list != '\n') {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (end == list)
			return -EINVAL;
		if (*end == '-') {
			list = end + 1;
			last = strtol(list, &end, 10);
			if (end == list)
				return -EINVAL;
		}
		if (first < 0 || last < first || last >= CPUS_MAX)
			return -EINVAL;
		for (long cpu = first; cpu <= last; cpu++)
			c->bits[cpu / 8] |= (unsigned char)(1 << cpu % 8);
		c->len = MAX(c->len, (int)last + 1);
		if (*end == ',')
			end++;
		else if (*end && *end != '\n')
			return -EINVAL;
		list = end;
	}
	return c->len ? 0 : -EINVAL;
}

static void from_file(struct cpus *c, const char *path)
{
	cleanup_fclose FILE *f = fopen(path, "re");
	char line[4096];

	if (!f || !fgets(line, sizeof(line), f) || cpus_parse(c, line))
		cpus_parse(c, "0");
}

void cpus_online(struct cpus *c)
{
	from_file(c, "/sys/devices/system/cpu/online");
}

void cpus_possible(struct cpus *c)
{
	from_file(c, "/sys/devices/system/cpu/possible");
}

int cpus_limit(const struct cpus *online)
{
	struct cpus possible;

	cpus_possible(&possible);
	return MAX(online->len, possible.len);
}

int cpus_count(const struct cpus *c)
{
	int n = 0;

	for (int cpu = 0; cpu < c->len; cpu++)
		n += cpus_has(c, cpu);
	return n;
}
