/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells how system calls ended in which a check was denied, or in which one was granted and only
 * the result shows whether it was needed. Recording all returns of the machine would cost too much:
 * the kernel's filter passes those of the latter calls, and those with an error that a missing
 * capability causes. So if a thread goes on without a recorded return, its call did not fail for
 * want of a capability. Changes of the thread's ids are seen at commit_creds(), before the call
 * returns.
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

/* The filter for raw_syscalls:sys_exit; the caller frees it. NULL if memory runs out. */
char *outcomes_filter(const struct machine *m);

/* @known: outcomes_commit() will be called for all commits, so ids only change in these. */
void outcomes_know_commits(struct outcomes *o, bool known);

/*
 * A check of @tid in @call is about to be delivered. If @call is not the thread's pending call,
 * that one has ended, and its outcome is delivered.
 */
void outcomes_before(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     struct event_handler *handler);

/* The check @ev was delivered: @call is pending from now on, if its outcome is wanted. */
void outcomes_after(struct outcomes *o, const struct cap_event *ev, const struct hook_call *call);

/* Thread @tid gets new credentials in @call; @commit NULL: the changes are unknown. */
void outcomes_commit(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     const struct hook_commit *commit, struct event_handler *handler);

/* Thread @tid returned @ret from the system call numbered @nr, at Unix time @time. */
void outcomes_return(struct outcomes *o, int32_t tid, int64_t nr, int64_t ret, uint64_t time,
		     struct event_handler *handler);

/* Tracing has ended: delivers the outcomes of all pending calls. */
void outcomes_flush(struct outcomes *o, uint64_t time, struct event_handler *handler);

#endif
