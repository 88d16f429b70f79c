/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments with probes: a trial has a small feed of the checks of one child, which is the
 * calibrator or a reference task.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_TRIAL_H
#define CAPTRACE_FTRACE_DISCOVER_TRIAL_H

#include <stdint.h>

#include "compat/calibrate/calibrate.h"
#include "ftrace/discover/reference_task.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/hook.h"

struct calibrator;
struct err;
struct fetch;
struct fetch_map;
struct probe;
struct probe_cfg;
struct probe_context;
struct trial;

/* The part that all trials of a discovery share. Trials keep a pointer to it. */
struct trial_cfg {
	struct probe_context *ctx;
	struct calibrator *calibrator;
	int cpu;         /* to which the children are bound */
	uint32_t frames; /* of the stacks in the records; 0: none */
};

/* Opens a trial of the calibrator's checks. */
int trial_open(struct trial **t, const struct trial_cfg *cfg, struct err *e);

/*
 * Opens a trial of the checks of a new reference task, which ends with the trial. @seed and
 * @hierarchy: see reference_task_start().
 */
int trial_open_reference(struct trial **t, const struct trial_cfg *cfg, uint32_t seed,
			 int hierarchy, struct err *e);

/* Closes the trial and removes its probes. */
void trial_close(struct trial *t);

struct probe_context *trial_context(const struct trial *t);

/*
 * Makes the child do @act; the calibrator always does CALIB_AUDITED. trial_read() delivers what was
 * recorded. Errors as for reference_task_do() and calibrator_step().
 */
int trial_do(struct trial *t, enum reference_act act);

/* What is known of the reference task; NULL for the calibrator. */
const struct reference_known *trial_known(const struct trial *t);

/* See reference_task_map_ids(). */
int trial_map_ids(struct trial *t);

/*
 * Defines the trial's own probe, of which it has one at most, on the main hook. It fetches @f.
 * -EINVAL: this kernel can't fetch that.
 */
int trial_define(struct trial *t, struct fetch *f, struct err *e);
void trial_undefine(struct trial *t);

/* Where the values of that probe are in its records. */
const struct fetch_map *trial_map(const struct trial *t);

/* Defines the probe of a hook (ftrace/probe/probe_table.h) until the trial is closed. */
int trial_define_hook(struct trial *t, enum hook hook, int cpu, const struct probe_cfg *cfg,
		      struct err *e);

/* The hook's probe that made the record, or NULL. */
const struct probe *trial_probe_of(const struct trial *t, const struct feed_record *r);

/* Calls @fn with each record since the last call. */
void trial_read(struct trial *t, feed_fn *fn, void *arg);

/*
 * Makes the calibrator do @step, and calls @fn with the records. Returns the result of
 * calibrator_step().
 */
int trial_step(struct trial *t, enum calib_step step, feed_fn *fn, void *arg);

/*
 * Reads @len kernel words at @addrs. Also finds out, even if @len is 0, whether faults count as
 * missed hits, and sets the context's faults_missed. -ENODATA: the calibrator's checks do not
 * arrive.
 */
int trial_peek(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e);

#endif
