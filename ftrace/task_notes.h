/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks in two parts. What hangs off the current task is reached through an address of one CPU, by
 * an event probe for that CPU. Event probes are called one after the other, and since 7.0 tracepoints
 * are called with preemption on: a task that is moved meanwhile is seen by two such probes or by
 * none. So the check itself is recorded once, by a probe for all CPUs that is called last, and what
 * the others said of the thread before is kept here until then.
 */
#ifndef CAPTRACE_FTRACE_TASK_NOTES_H
#define CAPTRACE_FTRACE_TASK_NOTES_H

#include <stdbool.h>

struct cap_event;
struct check_call;
struct task_notes;

struct task_notes *task_notes_new(void);
void task_notes_free(struct task_notes *n);

/*
 * The task's fields of a check by @ev->tid, for @ev->cap, that is about to come, and its system call;
 * the last one counts.
 */
void task_notes_put(struct task_notes *n, const struct cap_event *ev,
		    const struct check_call *call);

/* That check: adds what was noted of it, if anything was. */
void task_notes_take(struct task_notes *n, struct cap_event *ev, struct check_call *call);

#endif
