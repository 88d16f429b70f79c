/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Experiments with probes: a small feed of the checks of one child alone, which is the calibrator
 * or a reference task.
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

/* What all trials of a discovery have in common; kept, not copied. */
struct trial_cfg {
	struct probe_context *ctx;
	struct calibrator *calibrator;
	int cpu;         /* that the children are bound to */
	uint32_t frames; /* of the records' stacks; 0: none */
};

/* Of the calibrator's checks. */
int trial_open(struct trial **t, const struct trial_cfg *cfg, struct err *e);

/*
 * Of a new reference task's, which ends with the trial. @seed and @hierarchy: as
 * reference_task_start() has them.
 */
int trial_open_reference(struct trial **t, const struct trial_cfg *cfg, uint32_t seed,
			 int hierarchy, struct err *e);

/* Removes its probes. */
void trial_close(struct trial *t);

struct probe_context *trial_context(const struct trial *t);

/*
 * Makes the child act; the calibrator can only ask. What is recorded waits for trial_read(). Errors
 * as reference_task_do() and calibrator_step() have them.
 */
int trial_do(struct trial *t, enum reference_act act);

/* What is known of the reference task; NULL of the calibrator. */
const struct reference_known *trial_known(const struct trial *t);

/* See reference_task_map_ids(). */
int trial_map_ids(struct trial *t);

/*
 * Defines the one probe of its own that a trial may have, where all checks come by: it fetches @f.
 * -EINVAL if this kernel can't.
 */
int trial_define(struct trial *t, struct fetch *f, struct err *e);
void trial_undefine(struct trial *t);

/* Where that probe's values are. */
const struct fetch_map *trial_map(const struct trial *t);

/* Defines the probe of a hook (ftrace/probe/probe_table.h) until the trial is closed. */
int trial_define_hook(struct trial *t, enum hook hook, int cpu, const struct probe_cfg *cfg,
		      struct err *e);

/* The hook's probe that a record is of, or NULL. */
const struct probe *trial_probe_of(const struct trial *t, const struct feed_record *r);

/* Hands out what was recorded since. */
void trial_read(struct trial *t, feed_fn *fn, void *arg);

/* Makes the calibrator do @step, and hands out its records. Returns what calibrator_step() does. */
int trial_step(struct trial *t, enum calib_step step, feed_fn *fn, void *arg);

/*
 * Reads kernel memory: @len words of the kernel's size at @addrs. Tells the context whether faults
 * count as misses (faults_missed), with @len 0, too. -ENODATA if the calibrator's checks don't
 * arrive.
 */
int trial_peek(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e);

#endif
