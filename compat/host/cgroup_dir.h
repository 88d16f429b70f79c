/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds, makes and removes the directories of cgroups. @hierarchy is the number of a version 1
 * hierarchy, as /proc/PID/cgroup shows it, or 0 for version 2. Functions that return int return 0
 * or a negative errno.
 */
#ifndef CAPTRACE_COMPAT_HOST_CGROUP_DIR_H
#define CAPTRACE_COMPAT_HOST_CGROUP_DIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Finds the directory of @pid's cgroup (0: captrace's own). -ENOENT if it is not mounted or hidden.
 */
int cgroup_dir_of(pid_t pid, int hierarchy, char *path, size_t size);

/* Makes a child of captrace's own cgroup, and sets @path to its directory. */
int cgroup_dir_make(int hierarchy, const char *name, char *path, size_t size);

/* Moves the process @pid to the cgroup whose directory is @path. */
int cgroup_dir_enter(const char *path, pid_t pid);

/* Removes the children of captrace's own cgroup for whose names @is_stale returns non-zero. */
void cgroup_dir_sweep(int hierarchy, int (*is_stale)(const char *name));

#endif
