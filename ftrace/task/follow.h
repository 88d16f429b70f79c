/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which threads are a target's: those that its processes have at the start and, as the kernel tells
 * of each new task of the machine, what these create. A number that is used again is told of too,
 * so that nothing has to be known of ends.
 */
#ifndef CAPTRACE_FTRACE_TASK_FOLLOW_H
#define CAPTRACE_FTRACE_TASK_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

struct follow;
struct target;

/* @target outlives it. NULL without memory. */
struct follow *follow_new(const struct target *target);
void follow_free(struct follow *f);

/* Adds the threads of the target's processes. Once new tasks are recorded. */
int follow_seed(struct follow *f);

/* Whether @pid is one of the target's processes, in captrace's PID namespace. */
bool follow_is_seed(const struct follow *f, int32_t pid);

/* Numbers of threads are the initial PID namespace's from here on. */
void follow_add(struct follow *f, int32_t tid);
bool follow_has(const struct follow *f, int32_t tid);

/* In order of time with the checks. */
void follow_fork(struct follow *f, int32_t parent, int32_t child, bool thread);

#endif
