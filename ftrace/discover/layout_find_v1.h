/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the way from a task's css_set to its cgroups of version 1. A css_set has a list of links,
 * one for each hierarchy there is; the hierarchies' numbers are known from /proc/PID/cgroup. A
 * reference task is looked at in a cgroup of its own and back in captrace's: all but one of its
 * cgroups stay the same, and those two have the same root.
 *
 * css_sets and links end with their last task; cgroups stay, and are read later.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_V1_H
#define CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_V1_H

#include <stddef.h>
#include <stdint.h>

#include "ftrace/discover/v1_memory.h"

#define V1_CSET_WORDS 96 /* of a css_set that are looked at */

/* A css_set as it was seen. */
struct v1_set {
	uint64_t address, id; /* @id: that of the task's cgroup in the hierarchy that counts */
	uint64_t words[V1_CSET_WORDS], behind[V1_CSET_WORDS]; /* and what these point at */
	uint64_t cgroups[V1_HIERARCHIES];                     /* by their places in the list */
};

struct layout;

/*
 * The three steps, of which the first two are in ftrace/discover/layout_find_v1_links.c: while the
 * task is in the one css_set, while it is in the other, and at last. Each returns 0 or a negative
 * errno, -ENODATA if nothing fits or too much does. Members are set only once all that is known
 * agrees. @at: the place in the list of the hierarchy that counts.
 */
int layout_find_v1_links(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
			 struct v1_set *set);
int layout_read_v1_links(const struct layout *l, const struct v1_facts *k,
			 const struct v1_memory *m, struct v1_set *set);
int layout_find_v1(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
		   const struct v1_set *own, const struct v1_set *back, int *at);

#endif
