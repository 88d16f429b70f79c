/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories of file systems that the kernel makes of kernfs nodes, such as cgroups. */
#ifndef CAPTRACE_CORE_BASE_KERNFS_H
#define CAPTRACE_CORE_BASE_KERNFS_H

#include <stdint.h>

/*
 * The kernel's id of the directory @path, or 0 if it is gone. Where ino_t is small, the id has a
 * generation above the inode number. Before 4.14 (c53cd490b1a4), or where a sandbox forbids file
 * handles, it is the inode number alone.
 */
uint64_t kernfs_id(const char *path);

#endif
