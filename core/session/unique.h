/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --unique: the combinations of subject, capability, verdict, audit, system call and target
 * namespace that there were, each with the first event that had it and how many did. The subject is
 * the container or unit, where that is known, and the command name.
 */
#ifndef CAPTRACE_CORE_SESSION_UNIQUE_H
#define CAPTRACE_CORE_SESSION_UNIQUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/event/event.h"

struct unique;

/* Room for @max rows. NULL if there is no memory. */
struct unique *unique_new(size_t max);
void unique_free(struct unique *u);

/*
 * Counts @count events like @ev. True if it is the first of its combination, or if there is no room
 * for one more row: then nobody knows, and it has to be shown.
 */
bool unique_add(struct unique *u, const struct cap_event *ev, uint64_t count);

/* Whether there was no room for a row. */
bool unique_full(const struct unique *u);

/* In the order in which they came first. */
void unique_for_each(const struct unique *u,
		     void (*fn)(void *arg, const struct cap_event *ev, uint64_t count), void *arg);

#endif
