/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cgroups of version 2 are. */
#ifndef CAPTRACE_CGROUP_DIR_H
#define CAPTRACE_CGROUP_DIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The folder of @pid's cgroup (0: captrace's own). -ENOENT if version 2 isn't mounted or visible. */
int cgroup_dir_of(pid_t pid, char *path, size_t size);

/* Makes a child of captrace's own cgroup; its folder is in @path. */
int cgroup_dir_make(const char *name, char *path, size_t size);

/* Removes the children of captrace's own cgroup that @is_stale says so of by their names. */
void cgroup_dir_sweep(int (*is_stale)(const char *name));

#endif
