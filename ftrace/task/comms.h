/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps the names of threads, for events that do not include one. The names are read from /proc
 * once, and then updated as the kernel reports new, renamed and freed tasks, in order of time with
 * the events.
 */
#ifndef CAPTRACE_FTRACE_TASK_COMMS_H
#define CAPTRACE_FTRACE_TASK_COMMS_H

#include <stdint.h>

struct comms;

#define COMM_SIZE 16 /* TASK_COMM_LEN */

struct comms *comms_new(void);
void comms_free(struct comms *c);

/* @comm has COMM_SIZE bytes. If memory runs out, the thread's name becomes unknown. */
void comms_set(struct comms *c, int32_t tid, const char *comm);
void comms_drop(struct comms *c, int32_t tid);

/* The thread's name; NULL: unknown. */
const char *comms_get(const struct comms *c, int32_t tid);

/*
 * Reads all threads' names from /proc. Call it twice, before and after the task events are enabled:
 * the second call drops every name that has changed, because the time of the change is unknown.
 */
void comms_scan(struct comms *c);

#endif
