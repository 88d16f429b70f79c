/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the threads of a process. */
#ifndef CAPTRACE_FTRACE_TASK_TIDS_H
#define CAPTRACE_FTRACE_TASK_TIDS_H

#include <sys/types.h>

/*
 * Calls @fn once for each thread of @pid, and lists the threads again until there is no new one.
 * This is complete if whatever @fn does for a thread also covers the threads that it creates
 * afterwards. If @fn returns another value than 0, stops and returns it; -ENOMEM if memory runs
 * out. A process that has ended has no threads.
 */
int tids_each(pid_t pid, int (*fn)(void *arg, pid_t tid), void *arg);

#endif
