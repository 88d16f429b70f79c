/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins checks that are recorded in two parts. The first part is the data of the current task: an
 * event probe reaches it through an address that is valid on one CPU, and records on that CPU only.
 * The second part is the check itself, recorded by an event probe for all CPUs that is called last.
 * So no check is lost on a CPU that does not have its probe yet. The first part is kept here until
 * the second comes.
 *
 * All these probes have to be in one trace instance. The event probes of an instance are called one
 * after the other while the tracepoint's own record is being made, with preemption off
 * (trace_event_buffer_reserve()). The instances are called one after the other, too, but since 7.0
 * with preemption on: if the task moved to another CPU in between, two of the first probes would
 * see the check, or none.
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
 * Notes the task's fields and the system call of a check by @ev->tid for @ev->cap that is about to
 * come. A new note replaces an earlier one of the same thread.
 */
void task_notes_put(struct task_notes *n, const struct cap_event *ev, const struct hook_call *call);

/* Adds what was noted to the check @ev, if there is a note, and removes the note. */
void task_notes_take(struct task_notes *n, struct cap_event *ev, struct hook_call *call);

#endif
