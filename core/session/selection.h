/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which events are shown. The filter's rules that need no identity come first, so that an event that
 * they drop never waits for a lookup; what is left out of what the whole filter passes is counted.
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
	/* Sets who @ev is by, which may wait. NULL: nobody asks, or a recording has said it. */
	void (*identify)(void *arg, struct cap_event *ev);
	void *arg;
	bool hide_startup;     /* leave out what has `startup` */
	bool hide_unaudited;   /* leave out what is known to be unaudited */
	struct unique *unique; /* NULL: all are shown; else the first of each combination */
	/* Left out by the two of them, of what the filter passes. */
	uint64_t startup, unaudited;
};

/*
 * @ev, with who it is by in @filled if it was identified, or NULL if it is not shown. It stands for
 * @count events.
 */
const struct cap_event *selection_take(struct selection *s, const struct cap_event *ev,
				       uint64_t count, struct cap_event *filled);

#endif
