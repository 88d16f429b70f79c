/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of a process. */
#ifndef CAPTRACE_FTRACE_TASK_TIDS_H
#define CAPTRACE_FTRACE_TASK_TIDS_H

#include <sys/types.h>

/*
 * Calls @fn for each thread of @pid, once, until no new one turns up: what it does for a thread
 * includes what that thread creates afterwards. Stops at and returns what @fn returns if not 0. A
 * process that has ended has no threads.
 */
int tids_each(pid_t pid, int (*fn)(void *arg, pid_t tid), void *arg);

#endif
