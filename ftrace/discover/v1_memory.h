/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc shows of version 1 hierarchies, and access to the kernel's memory for the search. */
#ifndef CAPTRACE_FTRACE_DISCOVER_V1_MEMORY_H
#define CAPTRACE_FTRACE_DISCOVER_V1_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define V1_HIERARCHIES 40 /* CGROUP_SUBSYS_COUNT is 16 at most; some have a name only */
#define V1_CONTROLLERS 32

/* What /proc shows. */
struct v1_facts {
	unsigned int word; /* bytes of a long in the kernel */
	int moved;         /* the number of the hierarchy in which the reference task was moved */
	/*
	 * The numbers of all hierarchies, including 0, the default one, in which each css_set is.
	 */
	int numbers[V1_HIERARCHIES];
	size_t numbers_len;
	/* The hierarchy of each controller, in the kernel's order (/proc/cgroups). */
	int controllers[V1_CONTROLLERS];
	size_t controllers_len;
};

/*
 * Reads @len kernel words at @addrs; a word that can't be read is 0. Returns 0 or a negative errno.
 */
struct v1_memory {
	int (*read)(void *arg, const uint64_t *addrs, uint64_t *words, size_t len);
	void *arg;
};

#define V1_RUN_MAX 128 /* words in one call */

/* Whether @v could be the address of a structure in the kernel. */
bool v1_is_pointer(const struct v1_facts *k, uint64_t v);

/* Reads @len words (at most V1_RUN_MAX) from @addr on. Returns 0 or a negative errno. */
int v1_read_run(const struct v1_facts *k, const struct v1_memory *m, uint64_t addr, uint64_t *words,
		size_t len);

#endif
