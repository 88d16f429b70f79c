/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What backends and identity share about cgroups: keys, hierarchies, and news of new ones. */
#ifndef CAPTRACE_CORE_EVENT_CGROUP_H
#define CAPTRACE_CORE_EVENT_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A cgroup's key: its id, as version 2's cgroupid column has it; with the highest bit if it is one
 * of version 1's. Ids are kernfs', unique in their hierarchy while the machine runs; before 4.14
 * they are inode numbers, which kernfs gives to others once a cgroup is gone.
 */
#define CGROUP_KEY_V1 (UINT64_C(1) << 63)

/*
 * The key of a mount namespace, its inode with this bit. A rootless container may have no cgroup of
 * its own; its mount namespace it has.
 */
#define CGROUP_KEY_MNTNS (UINT64_C(1) << 62)

/* Version 1's ids may have that bit, too. */
static inline bool cgroup_key_is_mntns(uint64_t key)
{
	return key & CGROUP_KEY_MNTNS && !(key & CGROUP_KEY_V1);
}

/* Room for any path that the kernel tells of (TRACE_CGROUP_PATH_LEN of cgroup-internal.h). */
#define CGROUP_PATH_SIZE 1024

/*
 * Which cgroup of a task is the one that counts: that in the hierarchy of version 1 below, or, if
 * there is none or the task is in its root, that of version 2.
 */
struct cgroup_hierarchy {
	int v1; /* number of the hierarchy in /proc/PID/cgroup; 0: version 2 alone */
	const char *controller; /* one of that hierarchy, static; NULL: it is a named one */
	uint64_t v1_root;       /* id of its root; 0: unknown */
	bool v1_alone;          /* version 2 is not mounted: it tells nothing of anybody */
	uint32_t host_mntns;    /* the machine's mount namespace; 0: nobody asks about the others */
};

/* A cgroup that was just made, or a mount namespace that something was just executed in. */
struct cgroup_new {
	uint64_t key;
	const char *path; /* from the hierarchy's root; NULL: of a mount namespace */
	int32_t pid; /* thread group of who was in the mount namespace, initial PID namespace */
};

/* Which checks a backend leaves out by cgroup. */
enum cgroup_verdict {
	CGROUP_UNKNOWN, /* not judged: let them through, user space will judge */
	CGROUP_WANTED,
	CGROUP_UNWANTED,
};

#endif
