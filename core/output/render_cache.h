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
struct render_cache;

/* What render() returns for a text that doesn't hold the time. */
#define RECENT_NO_TIME ((size_t)-1)

/*
 * For texts to @out, borrowed. @render adds the text of @ev to @o; it depends on nothing but @ev, or
 * render_cache_forget() is called. It returns where in @o the time is, as a decimal number of ns. NULL if
 * there is no memory.
 */
struct render_cache *
render_cache_new(struct out *out,
		 size_t (*render)(void *arg, struct out *o, const struct cap_event *ev), void *arg);
void render_cache_free(struct render_cache *r);

/* Writes the text of @ev, as render() would. */
void render_cache_write(struct render_cache *r, const struct cap_event *ev);

void render_cache_forget(struct render_cache *r);

#endif
