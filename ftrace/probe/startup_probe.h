/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hooks of start-up fetch. Their records are read in ftrace/task/startup_record.c, which has
 * to know which value is what.
 */
#ifndef CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H
#define CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H

#include "ftrace/probe/hook.h"

/*
 * Cgroups that FETCH_WORD and what follows it point at: a task's own and those above it. More don't fit
 * into the 63 characters that an argument can have on older kernels.
 */
#define STARTUP_CHAIN 6

/* What each of them fetches (hook_row.fetch). */
void startup_fetch_attach(struct fetch *f, const struct hook_cfg *cfg);
void startup_fetch_newtask(struct fetch *f, const struct hook_cfg *cfg);
void startup_fetch_exec(struct fetch *f, const struct hook_cfg *cfg);

/* The first member of the kernel's structures that is missing for that, or NULL. */
const char *startup_lacks(const struct hook_cfg *cfg);

#endif
