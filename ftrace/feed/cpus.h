/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPUs, and the lists in sysfs ("0-3,8") that they are read from. */
#ifndef CAPTRACE_FTRACE_FEED_CPUS_H
#define CAPTRACE_FTRACE_FEED_CPUS_H

#include <stdbool.h>

#define CPUS_MAX 8192 /* the largest CONFIG_NR_CPUS of any architecture */

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

/* -EINVAL if @list is empty or not a list of CPUs. */
int cpus_parse(struct cpus *c, const char *list);

/* The CPUs that are online now; CPU 0 alone if sysfs is missing. */
void cpus_online(struct cpus *c);

/* The CPUs that may ever come online; CPU 0 alone if sysfs is missing. */
void cpus_possible(struct cpus *c);

/* One past the highest CPU that is possible or in @online. */
int cpus_limit(const struct cpus *online);

/* The number of CPUs in the set. */
int cpus_count(const struct cpus *c);

#endif
