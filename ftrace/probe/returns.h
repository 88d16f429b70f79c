/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks whose verdict only cap_capable's return tells: each is held until the return of its thread
 * comes. What is held is bounded; a check whose return doesn't come is handed out without a verdict,
 * and no later return is taken for its own, because the next check of the thread takes its place and
 * the frame has to fit.
 */
#ifndef CAPTRACE_FTRACE_PROBE_RETURNS_H
#define CAPTRACE_FTRACE_PROBE_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "ftrace/probe/hook.h"

struct returns;

typedef void returns_fn(void *arg, struct cap_event *ev, const struct hook_call *call);

/* @fn is handed each check that was held, with FIELD(VERDICT) or without. NULL without memory. */
struct returns *returns_new(returns_fn *fn, void *arg);
void returns_free(struct returns *r);

/*
 * Holds a copy of @ev, its stack too, until thread @tid returns with @frame (struct machine). What was
 * held of the thread before is handed out. -ENOMEM: nothing is held, and the caller still has it.
 */
int returns_hold(struct returns *r, const struct cap_event *ev, const struct hook_call *call,
		 uint64_t frame);

/* cap_capable() returned @ret to thread @tid. */
void returns_match(struct returns *r, int32_t tid, uint64_t frame, int32_t ret);

/* Hands out what was held when this was called last, or with @all everything. */
void returns_flush(struct returns *r, bool all);

#endif
