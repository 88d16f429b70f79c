/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What backends and identity share about cgroups: keys, hierarchies, and new cgroups. */
#ifndef CAPTRACE_CORE_EVENT_CGROUP_H
#define CAPTRACE_CORE_EVENT_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A cgroup's key is its id, as the column cgroupid shows it for version 2, with the highest bit set
 * if the cgroup is one of version 1. Ids are those of kernfs, unique in their hierarchy while the
 * machine runs. Before 4.14 they are inode numbers, which kernfs uses again once a cgroup is gone.
 */
#define CGROUP_KEY_V1 (UINT64_C(1) << 63)

/*
 * A mount namespace's key is its inode with this bit set. A rootless container may have no cgroup
 * of its own, but it does have a mount namespace.
 */
#define CGROUP_KEY_MNTNS (UINT64_C(1) << 62)

/* Ids of version 1 may have that bit set, too. */
static inline bool cgroup_key_is_mntns(uint64_t key)
{
	return key & CGROUP_KEY_MNTNS && !(key & CGROUP_KEY_V1);
}

/* Room for any path that the kernel reports (TRACE_CGROUP_PATH_LEN of cgroup-internal.h). */
#define CGROUP_PATH_SIZE 1024

/*
 * Which of a task's cgroups is used: the one in the hierarchy of version 1 below, or, if there is
 * no such hierarchy or the task is in its root, the one of version 2.
 */
struct cgroup_hierarchy {
	int v1;                 /* number of the hierarchy in /proc/PID/cgroup; 0: only version 2 */
	const char *controller; /* one of its controllers, static; NULL: a named hierarchy */
	uint64_t v1_root;       /* id of its root; 0: unknown */
	bool v1_alone;          /* version 2 is not mounted: its cgroups do not identify anybody */
	uint32_t host_mntns;    /* of the host; 0: do not identify containers by mount namespace */
};

/* A new cgroup, or a mount namespace in which a program has just been executed. */
struct cgroup_new {
	uint64_t key;
	const char *path; /* from the hierarchy's root; NULL: a mount namespace */
	int32_t pid;      /* of a process in the mount namespace; in the initial PID namespace */
};

/* Whether a backend leaves out the checks of a cgroup. */
enum cgroup_verdict {
	CGROUP_UNKNOWN, /* not decided: deliver them, user space will decide */
	CGROUP_WANTED,
	CGROUP_UNWANTED,
};

#endif
