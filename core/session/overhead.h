/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --overhead: measures what tracing costs, as counts of processor or kernel events that captrace
 * itself causes. Events have libpfm4's names.
 */
#ifndef CAPTRACE_CORE_SESSION_OVERHEAD_H
#define CAPTRACE_CORE_SESSION_OVERHEAD_H

#include <stdint.h>

struct err;
struct overhead;

/*
 * Prepares the events in @list ("cycles,page-faults"), or the usual ones if it is NULL. -EINVAL
 * with the reason in @e if one of them is unknown.
 */
int overhead_new(struct overhead **o, const char *list, struct err *e);
void overhead_free(struct overhead *o);

/*
 * Starts counting for this thread and the threads and processes that it creates. Reports events
 * that can't be counted here, if the user named them.
 */
void overhead_start(struct overhead *o);

/* Marks the end of the preparations, which are reported separately. */
void overhead_mark(struct overhead *o);

/* Reports the totals, and the share of each of the @shown events. */
void overhead_tell(const struct overhead *o, uint64_t shown);

#endif
