// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/selection.h"

#include "core/event/event.h"
#include "core/event/filter.h"
#include "core/session/unique.h"

/* What identify() sets or takes back: `startup` means nothing in a cgroup that is nobody's. */
#define FIELDS_IDENTIFIED (FIELDS_IDENTITY | FIELD(STARTUP))

/* Whether @ev, which the filter passes, is left out; that is counted. */
static bool leave_out(struct selection *s, const struct cap_event *ev, uint64_t count)
{
	if (s->hide_startup && event_has(ev, FIELD(STARTUP)) && ev->startup) {
		s->startup += count;
		return true;
	}
	if (s->hide_unaudited && event_has(ev, FIELD(AUDIT)) && !ev->audit) {
		s->unaudited += count;
		return true;
	}
	return false;
}

const struct cap_event *selection_take(struct selection *s, const struct cap_event *ev,
				       uint64_t count, struct cap_event *filled)
{
	uint64_t known = s->identify ? ~FIELDS_IDENTIFIED : ~UINT64_C(0);

	if (!filter_match_given(s->filter, known, ev))
		return NULL;
	if (s->identify) {
		*filled = *ev;
		s->identify(s->arg, filled);
		ev = filled;
	}
	if (!filter_match_rest(s->filter, known, ev) || leave_out(s, ev, count))
		return NULL;
	return !s->unique || unique_add(s->unique, ev, count) ? ev : NULL;
}
