/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How system calls ended in which a check was denied, or was granted where only the end tells
 * whether it was needed. Of all the machine's returns the kernel hands out only those of the latter
 * calls, and those with an error that a missing capability causes, so that a call of which nothing
 * is heard before its thread does something else has not failed for it. What a call does to its
 * thread's ids is heard from where new credentials are committed, on the way to the return.
 */
#ifndef CAPTRACE_BACKENDS_FTRACE_OUTCOME_H
#define CAPTRACE_BACKENDS_FTRACE_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

struct cap_event;
struct hook_call;
struct hook_commit;
struct event_handler;
struct machine;
struct outcomes;

struct outcomes *outcomes_new(const struct machine *m);
void outcomes_free(struct outcomes *o);

/* What raw_syscalls:sys_exit is filtered by, to be freed; NULL without memory. */
char *outcomes_filter(const struct machine *m);

/* Whether outcomes_commit() is called for all that happens. */
void outcomes_know_commits(struct outcomes *o, bool known);

/*
 * A check of @tid is about to be delivered: the thread's call before it is over, if it is another.
 */
void outcomes_before(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     struct event_handler *sink);

/* A check was delivered: whether its call fails is waited for. */
void outcomes_after(struct outcomes *o, const struct cap_event *ev, const struct hook_call *call);

/* Thread @tid gets new credentials in @call; NULL: which can't be told. */
void outcomes_commit(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     const struct hook_commit *commit, struct event_handler *sink);

/* Thread @tid returned @ret from the system call numbered @nr, at Unix time @time. */
void outcomes_return(struct outcomes *o, int32_t tid, int64_t nr, int64_t ret, uint64_t time,
		     struct event_handler *sink);

/* Nothing more comes. */
void outcomes_flush(struct outcomes *o, uint64_t time, struct event_handler *sink);

#endif
