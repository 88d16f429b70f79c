/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as /proc shows them, in captrace's own PID namespace. */
#ifndef CAPTRACE_PROCESS_H
#define CAPTRACE_PROCESS_H

#include <sys/types.h>

/* The parent of @pid; 0 if it has none or is gone. */
pid_t process_parent(pid_t pid);

/* Calls @fn for each process that descends from @root, without @root itself. */
void process_descendants(pid_t root, void (*fn)(void *arg, pid_t pid), void *arg);

#endif
