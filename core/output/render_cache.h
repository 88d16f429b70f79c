/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts of recent events. Checks that come fast come from few threads in a loop: all that
 * differs from an event shown before is the time, and so it is with its text.
 */
#ifndef CAPTRACE_CORE_OUTPUT_RENDER_CACHE_H
#define CAPTRACE_CORE_OUTPUT_RENDER_CACHE_H

#include <stddef.h>

struct cap_event;
struct out;
struct recent;

/* What render() returns for a text that doesn't hold the time. */
#define RECENT_NO_TIME ((size_t)-1)

/*
 * For texts to @out, borrowed. @render adds the text of @ev to @o; it depends on nothing but @ev, or
 * recent_forget() is called. It returns where in @o the time is, as a decimal number of ns. NULL if
 * there is no memory.
 */
struct recent *recent_new(struct out *out,
			  size_t (*render)(void *arg, struct out *o, const struct cap_event *ev),
			  void *arg);
void recent_free(struct recent *r);

/* Writes the text of @ev, as render() would. */
void recent_write(struct recent *r, const struct cap_event *ev);

void recent_forget(struct recent *r);

#endif
