/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks in two parts. What hangs off the current task is reached through an address of one CPU, by
 * an event probe that records on that CPU only. The check itself is recorded by a probe for all CPUs
 * that is called last, so that a CPU whose probe is still missing loses no check, and what the other
 * said of the thread just before is kept here until then.
 *
 * All of them have to be of one trace instance: the event probes of an instance are called one after
 * the other while the tracepoint's own record is being made, with preemption off
 * (trace_event_buffer_reserve()). The instances are called one after the other, too, but since 7.0
 * with preemption on: a task that was moved in between would be seen by two such probes or by none.
 */
#ifndef CAPTRACE_FTRACE_TASK_TASK_NOTES_H
#define CAPTRACE_FTRACE_TASK_TASK_NOTES_H

#include <stdbool.h>

struct cap_event;
struct hook_call;
struct task_notes;

struct task_notes *task_notes_new(void);
void task_notes_free(struct task_notes *n);

/*
 * The task's fields of a check by @ev->tid, for @ev->cap, that is about to come, and its system call;
 * the last one counts.
 */
void task_notes_put(struct task_notes *n, const struct cap_event *ev, const struct hook_call *call);

/* That check: adds what was noted of it, if anything was. */
void task_notes_take(struct task_notes *n, struct cap_event *ev, struct hook_call *call);

#endif
