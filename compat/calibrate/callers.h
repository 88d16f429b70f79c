/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a check is audited, from who called cap_capable, where its fourth argument is not to be
 * had: the callers pass constants.
 */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALLERS_H
#define CAPTRACE_COMPAT_CALIBRATE_CALLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/calibrate/caller_kind.h"

struct callers;
struct err;

/* -ENOENT if this kernel has none of the functions; else as ksyms_load(). */
int callers_new(struct callers **c, struct err *e);
void callers_free(struct callers *c);

/* In the order of how often they ask. @end is outside. */
void callers_for_each(const struct callers *c,
		      void (*fn)(void *arg, uint64_t start, uint64_t end, enum caller_kind kind),
		      void *arg);

/* From a kernel stack, innermost first. False if its caller is not known: then nothing is. */
bool callers_judge(const struct callers *c, const uint64_t *frames, size_t len, bool *audit,
		   bool *insetid);

#endif
