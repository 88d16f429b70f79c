/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How system calls ended in which a check was denied. Of all the machine's returns the kernel hands
 * out only those with an error that a missing capability causes, so that a call of which nothing is
 * heard before its thread does something else has not failed for it.
 */
#ifndef CAPTRACE_FTRACE_OUTCOME_H
#define CAPTRACE_FTRACE_OUTCOME_H

#include <stdint.h>

struct cap_event;
struct event_sink;
struct outcomes;

struct outcomes *outcomes_new(void);
void outcomes_free(struct outcomes *o);

/* What raw_syscalls:sys_exit is filtered by, to be freed; NULL without memory. */
char *outcomes_filter(void);

/* A check is about to be delivered: the thread's call before it is over, if it is another. */
void outcomes_before(struct outcomes *o, const struct cap_event *ev, struct event_sink *sink);

/* A check was delivered: whether its call fails is waited for. */
void outcomes_after(struct outcomes *o, const struct cap_event *ev);

/* Thread @tid returned @ret from the system call numbered @nr, at Unix time @time. */
void outcomes_return(struct outcomes *o, int32_t tid, int64_t nr, int64_t ret, uint64_t time,
		     struct event_sink *sink);

/* Nothing more comes. */
void outcomes_flush(struct outcomes *o, uint64_t time, struct event_sink *sink);

#endif
