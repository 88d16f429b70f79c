/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the probes for start-up fetch. ftrace/task/startup_record.c decodes their records and has to
 * agree on the meaning of each value.
 */
#ifndef CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H
#define CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H

#include "ftrace/probe/hook.h"

/*
 * The number of cgroups in FETCH_WORD and the values after it: a task's own cgroup and its
 * ancestors. An expression for more of them exceeds the 63 characters that older kernels allow in
 * an argument.
 */
#define STARTUP_CHAIN 6

/* Implementations of hook_row.fetch. */
void startup_fetch_attach(struct fetch *f, const struct hook_cfg *cfg);
void startup_fetch_newtask(struct fetch *f, const struct hook_cfg *cfg);
void startup_fetch_exec(struct fetch *f, const struct hook_cfg *cfg);

/* The name of the first required structure member that the layout lacks, or NULL. */
const char *startup_lacks(const struct hook_cfg *cfg);

#endif
