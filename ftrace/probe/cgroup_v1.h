/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from a task's css_set to its cgroup in a hierarchy of version 1: by the index of one of
 * its controllers, or, where it has none, by its place in the list of all that the css_set is in.
 * That is the same in each css_set: the kernel keeps these lists in chronological order
 * (link_css_set()). Each record has the hierarchy's number besides, and counts only if it is right.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CGROUP_V1_H
#define CAPTRACE_FTRACE_PROBE_CGROUP_V1_H

#include <stdbool.h>

#include "ftrace/probe/fetch.h"

struct layout;
struct machine;

struct cgroup_v1 {
	int number;    /* of the hierarchy, in /proc/PID/cgroup */
	bool named;    /* it has no controller */
	int at;        /* the controller's index, or the place in the list */
	uint64_t root; /* its root's id; 0: unknown */
	bool alone;    /* there is no version 2 that a task in the root could be looked for in */
};

/* The pointer at the cgroup, from the one at a css_set that @cset yields, as an expression in @to. */
void cgroup_v1_follow(char to[FETCH_BASE_MAX], const struct cgroup_v1 *v1, const struct layout *l,
		      const struct machine *m, const char *cset);

/* Adds the hierarchy's number, from such a pointer. */
void cgroup_v1_fetch_number(struct fetch *f, enum fetch_value v, const struct layout *l,
			    const char *cgroup);

/* Whether the layout has all that it takes. */
bool cgroup_v1_has(const struct cgroup_v1 *v1, const struct layout *l);

#endif
