/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of threads that belong to a target: those that its processes have at the start, and those
 * that these create, because the kernel reports each new task of the machine. It also reports a new
 * task that gets a used number, so the ends of tasks do not matter.
 */
#ifndef CAPTRACE_FTRACE_TASK_FOLLOW_H
#define CAPTRACE_FTRACE_TASK_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

struct follow;
struct target;

/* @target has to outlive it. Returns NULL if memory runs out. */
struct follow *follow_new(const struct target *target);
void follow_free(struct follow *f);

/* Adds the threads of the target's processes. Call it once new tasks are being recorded. */
int follow_seed(struct follow *f);

/* Whether @pid is one of the target's processes, in captrace's PID namespace. */
bool follow_is_seed(const struct follow *f, int32_t pid);

/* In the functions below, numbers of threads are those of the initial PID namespace. */
void follow_add(struct follow *f, int32_t tid);
bool follow_has(const struct follow *f, int32_t tid);

/* @parent created @child. Call it in order of time with the checks. */
void follow_fork(struct follow *f, int32_t parent, int32_t child, bool thread);

#endif
