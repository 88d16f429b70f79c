/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folders of cgroups. @hierarchy: the number of one of version 1, as /proc/PID/cgroup has it; 0:
 * version 2.
 */
#ifndef CAPTRACE_COMPAT_HOST_CGROUP_DIR_H
#define CAPTRACE_COMPAT_HOST_CGROUP_DIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The folder of @pid's cgroup (0: captrace's own). -ENOENT if it isn't mounted or not visible. */
int cgroup_dir_of(pid_t pid, int hierarchy, char *path, size_t size);

/* Makes a child of captrace's own cgroup; its folder is in @path. */
int cgroup_dir_make(int hierarchy, const char *name, char *path, size_t size);

/* Moves the process @pid to the cgroup whose folder is @path. */
int cgroup_dir_enter(const char *path, pid_t pid);

/*
 * What the kernel calls the cgroup whose folder is @path: with a generation above the inode's number
 * where ino_t is small; before 4.14 (c53cd490b1a4) the inode's number alone. 0 if it is gone.
 */
uint64_t cgroup_dir_id(const char *path);

/* Removes the children of captrace's own cgroup that @is_stale says so of by their names. */
void cgroup_dir_sweep(int hierarchy, int (*is_stale)(const char *name));

#endif
