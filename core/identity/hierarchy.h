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

#include <stdbool.h>
#include <stddef.h>
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

/* What scans call for each cgroup; @path is from its hierarchy's root, and gone after the call. */
typedef void (*hierarchy_fn)(void *arg, uint64_t key, const char *path);

/*
 * The folder of the cgroup with @path from its hierarchy's root, in @buf. -ENOENT if that hierarchy
 * is not mounted, -ENAMETOOLONG.
 */
int hierarchy_folder(const struct hierarchy *h, bool v1, const char *path, char *buf, size_t size);

/* The key of the cgroup that is the folder @path; 0 if it is gone. */
uint64_t hierarchy_key(const char *path, bool v1);

/*
 * The path of the cgroup with @key, from its hierarchy's root, in @buf. -ENOENT if it is gone or
 * the kernel doesn't tell.
 */
int hierarchy_path(const struct hierarchy *h, uint64_t key, char *buf, size_t size);

/* @path without the mount point of a cgroup file system that it begins with. Points into @path. */
const char *hierarchy_strip(const char *path);

/* Calls @fn for each cgroup, before what is in its folder is read. Returns how many there are. */
int hierarchy_scan(const struct hierarchy *h, hierarchy_fn fn, void *arg);

/* The same of the cgroup @path and those below it. */
int hierarchy_scan_below(const struct hierarchy *h, bool v1, const char *path, hierarchy_fn fn,
			 void *arg);

#endif
