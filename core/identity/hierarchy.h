/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup hierarchies of this machine: which ones tell who a task is, where they are mounted,
 * and the way between a cgroup's id and its path.
 *
 * With version 2 alone that is it. Where version 1 has the controllers, runtimes and systemd put
 * their cgroups into all of its hierarchies, and into version 2's tree only if it is there and they
 * are new enough: a task is then looked for in one hierarchy of version 1 first.
 */
#ifndef CAPTRACE_CORE_IDENTITY_HIERARCHY_H
#define CAPTRACE_CORE_IDENTITY_HIERARCHY_H

#include <stdint.h>

#include "core/event/cgroup.h"

struct err;

struct hierarchy {
	struct cgroup_hierarchy chosen;
	/* Mount points; "" if not mounted, or not needed. */
	char v2[256], v1[256];
};

/*
 * Finds them by /proc/self/mountinfo and /proc/self/cgroup of @root ("": this machine's). -ENOENT
 * if there is none.
 */
int hierarchy_find(struct hierarchy *h, const char *root, struct err *e);

/* The key of the cgroup that is the folder @path; 0 if it is gone. */
uint64_t hierarchy_key(const char *path, bool v1);

/*
 * The path of the cgroup with @key, from its hierarchy's root, in @buf. -ENOENT if it is gone or
 * the kernel doesn't tell.
 */
int hierarchy_path(const struct hierarchy *h, uint64_t key, char *buf, size_t size);

/* @path without the mount point of a cgroup file system that it begins with. Points into @path. */
const char *hierarchy_strip(const char *path);

/* Calls @fn for each cgroup there is, parents first. Returns their number or a negative errno. */
int hierarchy_scan(const struct hierarchy *h, void (*fn)(void *arg, uint64_t key, const char *path),
		   void *arg);

#endif
