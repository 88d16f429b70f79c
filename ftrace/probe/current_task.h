/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hangs off the current task, which a probe reaches through the address that holds a pointer at it
 * on one CPU (hook_cfg.current). All of it hangs off that one pointer, so a thread id that is the same
 * as the record's own vouches for the rest.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CURRENT_TASK_H
#define CAPTRACE_FTRACE_PROBE_CURRENT_TASK_H

#include <stdbool.h>

#include "compat/layout/layout.h"
#include "ftrace/probe/fetch.h"

struct hook_cfg;

/* The pointer at it, and the pointer at @field of it, as expressions in @to. */
void current_task(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg);
void current_task_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg,
			 enum layout_field field);

/* Fetches its thread id. */
void current_task_fetch_tid(struct fetch *f, const struct hook_cfg *cfg);

/* Fetches what a check's event says of the task; nothing where it can't be reached. */
void current_task_fetch(struct fetch *f, const struct hook_cfg *cfg);

/* Whether the registers that it entered the kernel with can be reached. */
bool current_task_has_call(const struct hook_cfg *cfg);

/* Fetches what tells its system call and ABI (struct saved_call), and that call's arguments. */
void current_task_fetch_call(struct fetch *f, const struct hook_cfg *cfg);
void current_task_fetch_call_args(struct fetch *f, const struct hook_cfg *cfg);

#endif
