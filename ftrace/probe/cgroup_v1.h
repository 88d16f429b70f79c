/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a task's cgroup in a hierarchy of version 1, starting from its css_set: by the index of one
 * of the hierarchy's controllers or, if the hierarchy has none, by the cgroup's position in the
 * list of all cgroups of the css_set. The position is the same in each css_set, because the kernel
 * keeps these lists in chronological order (link_css_set()). Each record also has the hierarchy's
 * number, and the cgroup is only used if that number is right.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CGROUP_V1_H
#define CAPTRACE_FTRACE_PROBE_CGROUP_V1_H

#include <stdbool.h>

#include "ftrace/probe/fetch.h"

struct layout;
struct machine;

struct cgroup_v1 {
	int number;    /* the hierarchy's number in /proc/PID/cgroup */
	bool named;    /* the hierarchy has no controller */
	int at;        /* the controller's index, or the position in the list */
	uint64_t root; /* id of the hierarchy's root; 0: unknown */
	bool alone;    /* there is no hierarchy of version 2 for tasks that are in the root here */
};

/* Writes to @to an expression for the pointer to the cgroup; @cset is one for the css_set. */
void cgroup_v1_follow(char to[FETCH_BASE_MAX], const struct cgroup_v1 *v1, const struct layout *l,
		      const struct machine *m, const char *cset);

/* Fetches the number of the hierarchy of the cgroup that the expression @cgroup points to. */
void cgroup_v1_fetch_number(struct fetch *f, enum fetch_value v, const struct layout *l,
			    const char *cgroup);

/* Whether the layout has all members that this requires. */
bool cgroup_v1_has(const struct cgroup_v1 *v1, const struct layout *l);

#endif
