/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the path from a task's css_set to its version 1 cgroups. A css_set has a list of links, one
 * for each hierarchy, whose numbers are known from /proc/PID/cgroup. A reference task's css_set is
 * read while the task is in a cgroup of its own and again when it is back in captrace's. All but
 * one of its cgroups stay the same, and the two that differ have the same root.
 *
 * A css_set and its links are freed when the last task leaves, so they are read in time; cgroups
 * stay and are read later.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_V1_H
#define CAPTRACE_FTRACE_DISCOVER_LAYOUT_FIND_V1_H

#include <stddef.h>
#include <stdint.h>

#include "ftrace/discover/v1_memory.h"

#define V1_CSET_WORDS 96 /* of a css_set that are searched */

/* What was read of a css_set. */
struct v1_set {
	uint64_t address, id; /* @id: of the task's cgroup in the hierarchy that is used */
	uint64_t words[V1_CSET_WORDS], behind[V1_CSET_WORDS]; /* @behind: what @words point to */
	uint64_t cgroups[V1_HIERARCHIES];                     /* by their places in the list */
};

struct layout;

/*
 * The three steps: the first one while the task is in the one css_set, the second while it is in
 * the other, and the third at any time later. The first two are in
 * ftrace/discover/layout_find_v1_links.c. Each returns 0 or a negative errno, -ENODATA if nothing
 * fits or more than one thing does. A member is set only if every known fact agrees. @at: the place
 * of the used hierarchy in the list.
 */
int layout_find_v1_links(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
			 struct v1_set *set);
int layout_read_v1_links(const struct layout *l, const struct v1_facts *k,
			 const struct v1_memory *m, struct v1_set *set);
int layout_find_v1(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
		   const struct v1_set *own, const struct v1_set *back, int *at);

#endif
