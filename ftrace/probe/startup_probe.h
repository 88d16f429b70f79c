/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells of start-up (ftrace/task/startup.h): which values its records have, and what these say. */
#ifndef CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H
#define CAPTRACE_FTRACE_PROBE_STARTUP_PROBE_H

#include "ftrace/probe/hook.h"

struct feed_record;
struct startup;

/* Adds what the probe of @kind fetches, or the tracepoint has; nothing for kinds of other things. */
void startup_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook kind);

/* The first member of the kernel's structures that is missing for that, or NULL. */
const char *startup_lacks(const struct hook_cfg *cfg);

/*
 * What a record of @d says goes to @s. @v1: the number of the hierarchy of version 1 that counts
 * besides version 2, or 0.
 */
void startup_take(struct startup *s, const struct hook_decoder *d, const struct feed_record *r,
		  int v1);

#endif
