/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens perf events on kernels of any age, and explains failures to do so. */
#ifndef CAPTRACE_FTRACE_FEED_PERF_EVENT_H
#define CAPTRACE_FTRACE_FEED_PERF_EVENT_H

#include <sys/types.h>

struct err;
struct perf_event_attr;

/* @pid, @cpu: as for perf_event_open(2). Returns a file descriptor or a negative errno. */
int perf_event_create(struct perf_event_attr *attr, pid_t pid, int cpu);

/* Sets @e to the reason why @what failed with @rc, a negative errno. Returns @rc. */
int perf_event_explain(int rc, const char *what, struct err *e);

/* Raises the limit of open files to the hard limit: each event takes one on each CPU. */
void perf_event_raise_fd_limit(void);

#endif
