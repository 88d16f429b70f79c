/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening perf events, on kernels of any age, and saying why one couldn't be. */
#ifndef CAPTRACE_FTRACE_FEED_PERF_EVENT_H
#define CAPTRACE_FTRACE_FEED_PERF_EVENT_H

#include <sys/types.h>

struct err;
struct perf_event_attr;

/* @pid: -1 for any; as perf_event_open(2) has it. Returns a file descriptor or a negative errno. */
int perf_event_create(struct perf_event_attr *attr, pid_t pid, int cpu);

/* Sets @e to why @what was refused with @rc, a negative errno, which it returns. */
int perf_event_explain(int rc, const char *what, struct err *e);

/* As many files as the hard limit allows: each CPU, event and traced thread takes one. */
void perf_event_raise_fd_limit(void);

#endif
