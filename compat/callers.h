/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a check is audited, from who called cap_capable, where its fourth argument is not to be
 * had: the callers pass constants.
 */
#ifndef CAPTRACE_CALLERS_H
#define CAPTRACE_CALLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct callers;
struct err;
struct ksyms;

/* @k is borrowed. -ENOENT if this kernel has none of the functions. */
int callers_new(struct callers **c, const struct ksyms *k, struct err *e);
void callers_free(struct callers *c);

/* From a kernel stack, innermost first. False if its caller is not known: then nothing is. */
bool callers_judge(const struct callers *c, const uint64_t *frames, size_t len, bool *audit,
		   bool *insetid);

#endif
