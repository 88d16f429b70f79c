/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CAPTRACE_DEBUG=drop: logs each check that is left out in user space, where and why. Checks that a
 * backend leaves out in the kernel are not seen here.
 */
#ifndef CAPTRACE_CORE_EVENT_DROP_H
#define CAPTRACE_CORE_EVENT_DROP_H

#include "core/base/log.h"

struct cap_event;

/* Logs the line; debug_drop() checks whether it is wanted. */
void drop_tell(const char *stage, const struct cap_event *ev, const char *why);

/*
 * Call this where @ev is dropped; without CAPTRACE_DEBUG=drop it costs one branch. @why may be
 * NULL.
 */
static inline void debug_drop(const char *stage, const struct cap_event *ev, const char *why)
{
	if (log_has_tag(LOG_TAG_DROP))
		drop_tell(stage, ev, why);
}

#endif
