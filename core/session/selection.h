/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Selects the events that are shown. The filter's rules that need no identity are tried first, so
 * that an event that they drop never waits for a lookup. Of the events that pass the whole filter,
 * those that are left out are counted.
 */
#ifndef CAPTRACE_CORE_SESSION_SELECTION_H
#define CAPTRACE_CORE_SESSION_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

struct cap_event;
struct filter;
struct unique;

struct selection {
	const struct filter *filter;
	/*
	 * Sets the identity fields of @ev, which may wait. NULL: no lookup, as for recordings,
	 * which contain them.
	 */
	void (*identify)(void *arg, struct cap_event *ev);
	void *arg;
	bool hide_startup;     /* leave out events that have `startup` */
	bool hide_unaudited;   /* leave out events that are known to be unaudited */
	struct unique *unique; /* NULL: show all; else only the first of each combination */
	/*
	 * Counts of events that passed the filter and were left out by hide_startup and
	 * hide_unaudited.
	 */
	uint64_t startup, unaudited;
};

/*
 * Returns NULL if @ev is not shown. Otherwise returns @ev, or @filled if the event was identified:
 * a copy of @ev with its identity fields. The event stands for @count events.
 */
const struct cap_event *selection_take(struct selection *s, const struct cap_event *ev,
				       uint64_t count, struct cap_event *filled);

#endif
