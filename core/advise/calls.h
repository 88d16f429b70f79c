/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides what became of a check by what its thread does next: how the system call ends, or which
 * capability the kernel checks after it. Until then the check waits here.
 */
#ifndef CAPTRACE_CORE_ADVISE_CALLS_H
#define CAPTRACE_CORE_ADVISE_CALLS_H

#include "core/advise/tally.h"

struct calls;
struct cap_event;
struct cap_exec;
struct cap_outcome;

struct calls *calls_new(void);
void calls_free(struct calls *c);

/*
 * The outcome of the audited check @ev as far as it is known now. May change the outcome of the
 * check before it in the thread. Call it before tally_add().
 */
enum check_outcome calls_classify(struct calls *c, const struct cap_event *ev);

/* Keeps @ev, which was counted in @t, @call as @outcome, until its outcome is known. */
void calls_keep(struct calls *c, const struct cap_event *ev, struct tally *t, unsigned int call,
		enum check_outcome outcome);

void calls_outcome(struct calls *c, const struct cap_outcome *o);
void calls_exec(struct calls *c, const struct cap_exec *x);

/* No more checks, outcomes or execs follow. */
void calls_finish(struct calls *c);

#endif
