/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks that wait for what comes next in their thread, which decides what became of them: how the
 * system call ends, or which capability the kernel asks for after it.
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
 * What becomes of the audited check @ev, as far as the checks before it in its thread tell; they
 * may be moved by it. To be called before tally_add().
 */
enum check_outcome calls_classify(struct calls *c, const struct cap_event *ev);

/* @ev was counted in @t, by @call, as @outcome: kept until it is known what becomes of it. */
void calls_keep(struct calls *c, const struct cap_event *ev, struct tally *t, unsigned int call,
		enum check_outcome outcome);

void calls_outcome(struct calls *c, const struct cap_outcome *o);
void calls_exec(struct calls *c, const struct cap_exec *x);

/* Nothing more comes. */
void calls_finish(struct calls *c);

#endif
