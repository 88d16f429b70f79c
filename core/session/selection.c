// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/selection.h"

#include "core/base/log.h"
#include "core/event/drop.h"
#include "core/event/event.h"
#include "core/event/filter.h"
#include "core/session/unique.h"

/*
 * The fields that identify() sets or clears: `startup` means nothing in a cgroup that has no owner
 * with a start-up.
 */
#define FIELDS_IDENTIFIED (FIELDS_IDENTITY | FIELD(STARTUP))

/* Whether @ev, which passed the filter, is left out. Counts it if so. */
static bool leave_out(struct selection *s, const struct cap_event *ev, uint64_t count)
{
	if (s->hide_startup && event_has(ev, FIELD(STARTUP)) && ev->startup) {
		s->startup += count;
		debug_drop("a runtime's start-up", ev, NULL);
		return true;
	}
	if (s->hide_unaudited && event_has(ev, FIELD(AUDIT)) && !ev->audit) {
		s->unaudited += count;
		debug_drop("unaudited", ev, NULL);
		return true;
	}
	return false;
}

/* For debugging: reports the rule that refuses @ev, among those that look at fields in @given. */
static void tell_refusal(const struct selection *s, uint64_t given, const struct cap_event *ev)
{
	if (log_has_tag(LOG_TAG_DROP))
		debug_drop("filter", ev, filter_refusal(s->filter, given, ev));
}

const struct cap_event *selection_take(struct selection *s, const struct cap_event *ev,
				       uint64_t count, struct cap_event *filled)
{
	uint64_t known = s->identify ? ~FIELDS_IDENTIFIED : ~UINT64_C(0);

	if (!filter_match_given(s->filter, known, ev)) {
		tell_refusal(s, known, ev);
		return NULL;
	}
	if (s->identify) {
		*filled = *ev;
		s->identify(s->arg, filled);
		ev = filled;
	}
	if (!filter_match_rest(s->filter, known, ev)) {
		tell_refusal(s, ~UINT64_C(0), ev);
		return NULL;
	}
	if (leave_out(s, ev, count))
		return NULL;
	if (!s->unique || unique_add(s->unique, ev, count))
		return ev;
	debug_drop("a duplicate", ev, "--unique");
	return NULL;
}
