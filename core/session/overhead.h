/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --overhead: what tracing costs, as events of the processor or the kernel that captrace itself
 * causes. libpfm4 knows their names.
 */
#ifndef CAPTRACE_CORE_SESSION_OVERHEAD_H
#define CAPTRACE_CORE_SESSION_OVERHEAD_H

#include <stdint.h>

struct err;
struct overhead;

/*
 * The events of @list ("cycles,page-faults"), or the usual ones if it is NULL. -EINVAL with the
 * reason in @e if one of them is unknown.
 */
int overhead_new(struct overhead **o, const char *list, struct err *e);
void overhead_free(struct overhead *o);

/*
 * Counts from now on: this thread, and the threads and processes that it makes. What can't be counted
 * here is said, unless nobody asked for it by name.
 */
void overhead_start(struct overhead *o);

/* The preparations are over. */
void overhead_mark(struct overhead *o);

/* Says what it came to, of which each of @shown events had its share. */
void overhead_tell(const struct overhead *o, uint64_t shown);

#endif
