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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define V1_HIERARCHIES 40 /* CGROUP_SUBSYS_COUNT is 16 at most, and some have names alone */
#define V1_CONTROLLERS 32

/* What /proc says. */
struct v1_facts {
	unsigned int word; /* bytes of a long in the kernel */
	int moved;         /* the number of the hierarchy in which the reference task was moved */
	/* All numbers, with that of the default hierarchy, 0, which each css_set is in. */
	int numbers[V1_HIERARCHIES];
	size_t numbers_len;
	/* The hierarchy of each controller, in the kernel's order (/proc/cgroups). */
	int controllers[V1_CONTROLLERS];
	size_t controllers_len;
};

/* Reads @len words of the kernel's size; 0 for what can't be read. 0 or a negative errno. */
struct v1_memory {
	int (*read)(void *arg, const uint64_t *addrs, uint64_t *words, size_t len);
	void *arg;
};

#define V1_CSET_WORDS 96 /* of a css_set that are looked at */

/* A css_set as it was seen. */
struct v1_set {
	uint64_t address, id; /* @id: that of the task's cgroup in the hierarchy that counts */
	uint64_t words[V1_CSET_WORDS], behind[V1_CSET_WORDS]; /* and what these point at */
	uint64_t cgroups[V1_HIERARCHIES];                     /* by their places in the list */
};

struct layout;

/*
 * The three steps: while the task is in the one css_set, while it is in the other, and at last.
 * Each returns 0 or a negative errno, -ENODATA if nothing fits or too much does. Members are set
 * only once all that is known agrees. @at: the place in the list of the hierarchy that counts.
 */
int layout_find_v1_links(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
			 struct v1_set *set);
int layout_read_v1_links(const struct layout *l, const struct v1_facts *k,
			 const struct v1_memory *m, struct v1_set *set);
int layout_find_v1(struct layout *l, const struct v1_facts *k, const struct v1_memory *m,
		   const struct v1_set *own, const struct v1_set *back, int *at);

#endif
