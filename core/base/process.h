/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as /proc shows them, in captrace's own PID namespace. */
#ifndef CAPTRACE_CORE_BASE_PROCESS_H
#define CAPTRACE_CORE_BASE_PROCESS_H

#include <sys/types.h>

#define PROCESS_STAT_MAX 1024

/* The parent of @pid; 0 if it has none or is gone. */
pid_t process_parent(pid_t pid);

/*
 * Opens /proc/PID/stat; -1 with errno on failure. The fd stays with this process, even if another
 * process gets its pid later.
 */
int process_stat_open(pid_t pid);

/*
 * Reads what /proc/PID/stat has now after the name, which may hold any character: "S 1 ...". NULL
 * with errno if it cannot be read: ESRCH if the process is gone.
 */
const char *process_stat_read(int fd, char buf[PROCESS_STAT_MAX]);

/* Calls @fn for each descendant of @root, but not for @root itself. */
void process_descendants(pid_t root, void (*fn)(void *arg, pid_t pid), void *arg);

#endif
