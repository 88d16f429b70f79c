/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of threads, for events that don't carry one: read once, and then kept by what the kernel
 * tells of new, renamed and freed tasks, in order of time with the events.
 */
#ifndef CAPTRACE_FTRACE_TASK_COMMS_H
#define CAPTRACE_FTRACE_TASK_COMMS_H

#include <stdint.h>

struct comms;

#define COMM_SIZE 16 /* TASK_COMM_LEN */

struct comms *comms_new(void);
void comms_free(struct comms *c);

/* @comm has COMM_SIZE bytes. Without memory the thread has no name. */
void comms_set(struct comms *c, int32_t tid, const char *comm);
void comms_drop(struct comms *c, int32_t tid);

/* NULL if it isn't known. */
const char *comms_get(const struct comms *c, int32_t tid);

/*
 * Reads all threads' names from /proc; called twice, before and after the events are switched on:
 * the second call drops every name that is not what it was, because nobody knows when it changed.
 */
void comms_scan(struct comms *c);

#endif
