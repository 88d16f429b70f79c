/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out whether a check is audited from the caller of cap_capable, where the fourth argument
 * can't be read. That works because the callers pass constants.
 */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALLERS_H
#define CAPTRACE_COMPAT_CALIBRATE_CALLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/calibrate/caller_kind.h"

struct callers;
struct err;

/* -ENOENT if this kernel has none of the functions; other errors as for ksyms_load(). */
int callers_new(struct callers **c, struct err *e);
void callers_free(struct callers *c);

/* Calls @fn for each caller, the most frequent first. @end is exclusive. */
void callers_for_each(const struct callers *c,
		      void (*fn)(void *arg, uint64_t start, uint64_t end, enum caller_kind kind),
		      void *arg);

/*
 * Sets @audit and @insetid from a kernel stack, innermost frame first. Returns false, and sets
 * neither, if the caller is not known.
 */
bool callers_judge(const struct callers *c, const uint64_t *frames, size_t len, bool *audit,
		   bool *insetid);

#endif
