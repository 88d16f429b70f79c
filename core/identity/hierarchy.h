/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup hierarchies of this machine: which of them identify a task's container or unit, where
 * they are mounted, and how to get from a cgroup's id to its path and back.
 *
 * Where only version 2 is in use, its tree is all that counts. Where version 1 has the controllers,
 * runtimes and systemd put their cgroups into all of its hierarchies; they use version 2's tree
 * only if it is mounted and they are new enough. A task is then looked up in one hierarchy of
 * version 1 first.
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
	/* Mount points; "" if not mounted or not needed. */
	char v2[256], v1[256];
};

/*
 * Finds the hierarchies through /proc/self/mountinfo and /proc/self/cgroup below @root ("": this
 * machine's). -ENOENT if there is none.
 */
int hierarchy_find(struct hierarchy *h, const char *root, struct err *e);

/*
 * Called by scans for each cgroup. @path is from its hierarchy's root and valid during the call
 * only.
 */
typedef void (*hierarchy_fn)(void *arg, uint64_t key, const char *path);

/*
 * Writes the folder of the cgroup @path (from its hierarchy's root) to @buf. -ENOENT if that
 * hierarchy is not mounted; -ENAMETOOLONG.
 */
int hierarchy_folder(const struct hierarchy *h, bool v1, const char *path, char *buf, size_t size);

/* The key of the cgroup whose folder is @path; 0 if it is gone. */
uint64_t hierarchy_key(const char *path, bool v1);

/*
 * Writes the path of the cgroup @key, from its hierarchy's root, to @buf. -ENOENT if it is gone or
 * the kernel does not report it.
 */
int hierarchy_path(const struct hierarchy *h, uint64_t key, char *buf, size_t size);

/* Returns @path without the cgroup mount point that it begins with. Points into @path. */
const char *hierarchy_strip(const char *path);

/* Calls @fn for each cgroup, before its folder is read. Returns the number of cgroups. */
int hierarchy_scan(const struct hierarchy *h, hierarchy_fn fn, void *arg);

/* The same for the cgroup @path and those below it. */
int hierarchy_scan_below(const struct hierarchy *h, bool v1, const char *path, hierarchy_fn fn,
			 void *arg);

#endif
