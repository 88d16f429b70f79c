/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs as sysfs has them: "0-3,8". */
#ifndef CAPTRACE_FTRACE_FEED_CPUS_H
#define CAPTRACE_FTRACE_FEED_CPUS_H

#include <stdbool.h>

#define CPUS_MAX 8192 /* CONFIG_NR_CPUS of any machine */

struct cpus {
	unsigned char bits[CPUS_MAX / 8];
	int len; /* one past the highest */
};

static inline bool cpus_has(const struct cpus *c, int cpu)
{
	return cpu < c->len && c->bits[cpu / 8] & 1 << cpu % 8;
}

static inline void cpus_add(struct cpus *c, int cpu)
{
	c->bits[cpu / 8] |= (unsigned char)(1 << cpu % 8);
	c->len = cpu < c->len ? c->len : cpu + 1;
}

/* -EINVAL for what is no list. */
int cpus_parse(struct cpus *c, const char *list);

/* Those that are online now; one CPU where there is no sysfs. */
void cpus_online(struct cpus *c);

/* Those that could ever be. */
void cpus_possible(struct cpus *c);

/* One past the highest that could ever be, and that of @online. */
int cpus_limit(const struct cpus *online);

/* How many they are. */
int cpus_count(const struct cpus *c);

#endif
