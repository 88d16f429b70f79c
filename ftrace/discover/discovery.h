/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this kernel has where, found out with probes on checks that captrace's own children make:
 * the addresses of the current tasks, the layout of structures where no file tells it, the way to
 * cgroups of version 1. It all goes to a probe context, which outlives the discovery.
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
 * @ctx is open. @fields: FIELD() bits that are wanted; what else can't be found isn't worth a note.
 * Starts the calibrator, before captrace grows.
 */
int discovery_open(struct discovery **d, struct probe_context *ctx, uint64_t fields, struct err *e);
void discovery_close(struct discovery *d);

/*
 * From @btf_path (--btf) or the kernel's own types, if there are any: else discovery_run() finds
 * it. -EBADMSG or -ENOMEM: @btf_path can't be read, which is the user's to mend.
 */
int discovery_load_layout(struct probe_context *ctx, const char *btf_path, struct err *e);

/*
 * Opens the trial of the calibrator's checks, with @frames of their stacks (0: none), and ends it.
 */
int discovery_start(struct discovery *d, uint32_t frames, struct err *e);
void discovery_stop(struct discovery *d);

/*
 * Finds all of the above; what can't be found is absent, and said to be. -ENODATA if captrace's own
 * checks do not arrive.
 */
int discovery_run(struct discovery *d, struct err *e);

/* Between start and stop, for calibration. */
struct trial *discovery_trial(const struct discovery *d);
struct calibrator *discovery_calibrator(const struct discovery *d);

/* The CPU that the calibrator is bound to. */
int discovery_cpu(const struct discovery *d);

/* Whether discovery looks for @f on this kernel and misses it if it isn't found. */
bool discovery_looks_for(const struct probe_context *ctx, enum layout_field f);

#endif
