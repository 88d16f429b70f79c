/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --unique: keeps each combination of subject, capability, verdict, audit, start-up, system call
 * and target namespace, with its first event and the number of events. The subject is the container
 * or unit, where known, and the command name.
 */
#ifndef CAPTRACE_CORE_SESSION_UNIQUE_H
#define CAPTRACE_CORE_SESSION_UNIQUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/event/event.h"

struct unique;

/* Has room for @max rows. NULL if there is no memory. */
struct unique *unique_new(size_t max);
void unique_free(struct unique *u);

/*
 * Counts @count events like @ev. True if @ev is to be shown: it is the first of its combination, or
 * there was no room for one more row, so that this is unknown.
 */
bool unique_add(struct unique *u, const struct cap_event *ev, uint64_t count);

/* Whether a row found no room. */
bool unique_full(const struct unique *u);

/* Calls @fn for each combination, in the order of their first events. */
void unique_for_each(const struct unique *u,
		     void (*fn)(void *arg, const struct cap_event *ev, uint64_t count), void *arg);

#endif
