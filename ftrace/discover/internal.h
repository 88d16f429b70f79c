/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of ftrace/discover share, and in which order they are asked. */
#ifndef CAPTRACE_FTRACE_DISCOVER_INTERNAL_H
#define CAPTRACE_FTRACE_DISCOVER_INTERNAL_H

#include "ftrace/discover/discovery.h"
#include "ftrace/discover/trial.h"
#include "ftrace/probe/probe_context.h"

#define GUESSES_MAX 8

struct discovery {
	struct probe_context *ctx;
	uint64_t fields;
	struct trial_cfg cfg;           /* of all its trials */
	struct trial *trial;            /* of the calibrator's checks */
	struct trial *held;             /* see hold_function(); or NULL */
	uint64_t *guesses[GUESSES_MAX]; /* what else ctx->current could be; the last is the best */
	size_t guesses_len;
};

/*
 * Finds where each CPU keeps its current task. Sets ctx->current, or leaves it NULL and says why.
 */
int discovery_find_current(struct discovery *d, struct err *e);

/* Fills the guesses from the kernel's code. Errors as ksyms_load(), and -ENOENT if nothing fits. */
int discovery_guess_current(struct discovery *d, struct err *e);

/* Makes the next guess ctx->current; false: there is none any more, and ctx->current is NULL. */
bool discovery_next_guess(struct discovery *d);

/* Finds ctx->layout by looking at reference tasks; needs ctx->current for the task's part. */
int discovery_find_layout(struct discovery *d, struct err *e);

/* Holds ctx->layout against two new reference tasks, of a task and of a user namespace. */
int discovery_verify(struct discovery *d, const uint32_t seeds[2], struct err *e);

/*
 * What user space says of the hierarchy that counts. False: version 2 alone does, or nobody asks.
 */
bool discovery_set_v1(struct probe_context *ctx);

/* Where version 1 counts, finds its place in a css_set. Sets ctx->v1, or says why not. */
int discovery_place_v1(struct discovery *d, struct err *e);

/* Where on its stack a task's saved registers are: sets LAYOUT_STACK_REGS, or leaves it absent. */
int discovery_find_regs(struct discovery *d, struct err *e);

#endif
