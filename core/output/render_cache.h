/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caches the texts of recent events. Where checks come fast, they come from few threads in a loop:
 * an event then differs from an earlier one only in its time, and so does its text.
 */
#ifndef CAPTRACE_CORE_OUTPUT_RENDER_CACHE_H
#define CAPTRACE_CORE_OUTPUT_RENDER_CACHE_H

#include <stddef.h>

struct cap_event;
struct out;
struct render_cache;

/* What render() returns for a text without the time. */
#define RENDER_NO_TIME ((size_t)-1)

/*
 * @out is borrowed. @render appends the text of @ev to @o and returns where in @o the time is, as a
 * decimal number of ns. The text may depend on @ev only; after any other change call
 * render_cache_forget(). NULL: out of memory.
 */
struct render_cache *
render_cache_new(struct out *out,
		 size_t (*render)(void *arg, struct out *o, const struct cap_event *ev), void *arg);
void render_cache_free(struct render_cache *r);

/* Writes the text of @ev, as render() would. */
void render_cache_write(struct render_cache *r, const struct cap_event *ev);

void render_cache_forget(struct render_cache *r);

#endif
