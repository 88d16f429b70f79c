/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery finds out where this kernel has the data that captrace reads, with probes on checks
 * that captrace's own children make: the addresses of the current tasks, the layout of structures
 * if there is no type information, and the path to version 1 cgroups. The results go into a probe
 * context, which outlives the discovery.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_DISCOVERY_H
#define CAPTRACE_FTRACE_DISCOVER_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/layout/layout.h"

struct calibrator;
struct discovery;
struct err;
struct probe_context;
struct trial;

/*
 * @ctx is open. @fields: the FIELD() bits that are wanted; it is not reported if others can't be
 * found. Starts the calibrator, which is forked while captrace is still small.
 */
int discovery_open(struct discovery **d, struct probe_context *ctx, uint64_t fields, struct err *e);
void discovery_close(struct discovery *d);

/*
 * Loads the layout from @btf_path (--btf), or else from the kernel's own BTF. If the kernel has
 * none, discovery_run() finds the layout. -EBADMSG or -ENOMEM: @btf_path can't be used, which only
 * the user can correct.
 */
int discovery_load_layout(struct probe_context *ctx, const char *btf_path, struct err *e);

/*
 * Opens and closes the trial of the calibrator's checks. @frames: stack frames to record, 0: none.
 */
int discovery_start(struct discovery *d, uint32_t frames, struct err *e);
void discovery_stop(struct discovery *d);

/*
 * Runs the discovery. What it can't find is absent in the context, and it logs that. -ENODATA:
 * captrace's own checks do not arrive.
 */
int discovery_run(struct discovery *d, struct err *e);

/* For calibration, between start and stop. */
struct trial *discovery_trial(const struct discovery *d);
struct calibrator *discovery_calibrator(const struct discovery *d);

/* The CPU that the calibrator is bound to. */
int discovery_cpu(const struct discovery *d);

/* Whether discovery should find @f on this kernel: then it is reported if it does not. */
bool discovery_looks_for(const struct probe_context *ctx, enum layout_field f);

#endif
