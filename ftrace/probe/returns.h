/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs checks with returns of cap_capable(), for verdicts that only the return value shows. A
 * check is held until its thread returns. The number of held checks is bounded, and a check whose
 * return does not come is delivered without a verdict. A later return is not mistaken for it,
 * because the thread's next check replaces it and the frame has to match.
 */
#ifndef CAPTRACE_FTRACE_PROBE_RETURNS_H
#define CAPTRACE_FTRACE_PROBE_RETURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "ftrace/probe/hook.h"

struct returns;

typedef void returns_fn(void *arg, struct cap_event *ev, const struct hook_call *call);

/*
 * @fn receives each check that was held, with FIELD(VERDICT) if its return came. Returns NULL if
 * memory runs out.
 */
struct returns *returns_new(returns_fn *fn, void *arg);
void returns_free(struct returns *r);

/*
 * Holds a copy of @ev with its stack until its thread returns with @frame (struct machine). A check
 * of the same thread that is still held is delivered first. -ENOMEM: @ev is not held; the caller
 * has to deliver it.
 */
int returns_hold(struct returns *r, const struct cap_event *ev, const struct hook_call *call,
		 uint64_t frame);

/* cap_capable() returned @ret in thread @tid: delivers the check, if it is held. */
void returns_match(struct returns *r, int32_t tid, uint64_t frame, int32_t ret);

/*
 * Delivers the checks that have been held since the previous flush or longer; with @all, all
 * checks.
 */
void returns_flush(struct returns *r, bool all);

#endif
