/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CAPTRACE_DEBUG=drop: where a check was left out on its way, and by what. What the kernel's side of
 * a backend leaves out never comes this far.
 */
#ifndef CAPTRACE_CORE_EVENT_DROP_H
#define CAPTRACE_CORE_EVENT_DROP_H

#include "core/base/log.h"

struct cap_event;

/* Writes the line. */
void drop_tell(const char *stage, const struct cap_event *ev, const char *why);

/* Is called where @ev is dropped; it costs a branch where nobody asks. @why may be NULL. */
static inline void debug_drop(const char *stage, const struct cap_event *ev, const char *why)
{
	if (log_has_tag(LOG_TAG_DROP))
		drop_tell(stage, ev, why);
}

#endif
