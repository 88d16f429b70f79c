/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fetches data of the current task. A probe reaches the task through the address that holds the
 * pointer to it on one CPU (hook_cfg.current). All of this data is read through that one pointer,
 * so if the fetched thread id equals the record's own, the rest belongs to the same task.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CURRENT_TASK_H
#define CAPTRACE_FTRACE_PROBE_CURRENT_TASK_H

#include <stdbool.h>

#include "compat/layout/layout.h"
#include "ftrace/probe/fetch.h"

struct hook_cfg;

/* Writes to @to an expression for the pointer to the current task. */
void current_task(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg);

/* Writes to @to an expression for the pointer that is the current task's member @field. */
void current_task_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg,
			 enum layout_field field);

/* Fetches the current task's thread id. */
void current_task_fetch_tid(struct fetch *f, const struct hook_cfg *cfg);

/* Fetches the task's fields of a check's event. Does nothing if the task cannot be reached. */
void current_task_fetch(struct fetch *f, const struct hook_cfg *cfg);

/* Whether the registers with which the task entered the kernel can be reached. */
bool current_task_has_call(const struct hook_cfg *cfg);

/* Fetches what identifies the system call and its ABI (struct saved_call), and its arguments. */
void current_task_fetch_call(struct fetch *f, const struct hook_cfg *cfg);
void current_task_fetch_call_args(struct fetch *f, const struct hook_cfg *cfg);

#endif
