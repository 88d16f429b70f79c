/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of ftrace/discover, in the order in which the steps run. */
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
	struct trial *held;             /* of hold_function(), or NULL */
	uint64_t *guesses[GUESSES_MAX]; /* candidates for ctx->current, the best one last */
	size_t guesses_len;
};

/*
 * Finds where each CPU keeps its current task. Sets ctx->current, or leaves it NULL and reports
 * why.
 */
int discovery_find_current(struct discovery *d, struct err *e);

/* Fills the guesses from the kernel's code. Errors as for ksyms_load(); -ENOENT: nothing fits. */
int discovery_guess_current(struct discovery *d, struct err *e);

/* Sets ctx->current to the next guess. False: there are no more, and ctx->current is NULL. */
bool discovery_next_guess(struct discovery *d);

/* Finds ctx->layout with reference tasks. Without ctx->current it finds nothing of the task. */
int discovery_find_layout(struct discovery *d, struct err *e);

/* Verifies ctx->layout with two new reference tasks; the second makes a user namespace. */
int discovery_verify(struct discovery *d, const uint32_t seeds[2], struct err *e);

/*
 * Sets ctx->v1 to what user space knows of the hierarchy that is used. False: it is not version 1.
 */
bool discovery_set_v1(struct probe_context *ctx);

/* If a version 1 hierarchy is used, finds its place in a css_set. Sets ctx->v1, or logs why not. */
int discovery_place_v1(struct discovery *d, struct err *e);

/* Finds the saved registers on a task's stack: sets LAYOUT_STACK_REGS, or leaves it absent. */
int discovery_find_regs(struct discovery *d, struct err *e);

#endif
