// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/session/selection.h"
#include "core/session/unique.h"
#include "tests/unit/helper.h"

/* An identity that knows one unit and counts its lookups. */
struct fake_identity {
	const char *unit;   /* NULL: the cgroup has no owner */
	unsigned int asked; /* lookups */
};

static void identify(void *arg, struct cap_event *ev)
{
	struct fake_identity *id = arg;

	id->asked++;
	if (!id->unit) {
		ev->have &= ~FIELD(STARTUP);
		return;
	}
	ev->unit = id->unit;
	ev->have |= FIELD(UNIT);
}

static struct filter *make_filter(const char *rules[2])
{
	struct filter *f = filter_new();
	struct err e = {0};

	for (size_t i = 0; i < 2; i++)
		if (rules[i])
			cr_assert_eq(filter_add(f, rules[i], &e), 0, "%s: %s", rules[i], e.msg);
	return f;
}

Test(selection, events_dropped_by_other_rules_are_not_looked_up)
{
	static const struct {
		const char *rules[2];
		bool taken;
		unsigned int asked;
	} cases[] = {
		{{NULL}, true, 1},
		{{"comm==chroot"}, true, 1},
		{{"comm==other"}, false, 0},
		{{"cap==SYS_NICE"}, false, 0},
		{{"unit==a.service"}, true, 1},
		{{"unit==b.service"}, false, 1},
		/* In any order of the rules. */
		{{"unit==a.service", "comm==other"}, false, 0},
		{{"comm==other", "unit==a.service"}, false, 0},
		{{"unit==b.service", "comm==chroot"}, false, 1},
		{{"unit==a.service", "comm==chroot"}, true, 1},
		{{"unit!=b.service"}, true, 1},
		/* Only != matches an absent value, so the rule has to wait for the lookup. */
		{{"unit!=a.service"}, false, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_identity id = {.unit = "a.service"};
		struct selection s = {.identify = identify, .arg = &id};
		struct filter *f = make_filter((const char **)cases[i].rules);
		struct cap_event ev, filled;
		const struct cap_event *got;

		s.filter = f;
		event_chroot(&ev);
		got = selection_take(&s, &ev, 1, &filled);
		cr_expect_eq(got != NULL, cases[i].taken, "case %zu", i);
		cr_expect_eq(id.asked, cases[i].asked, "case %zu: %u lookups", i, id.asked);
		if (got)
			cr_expect_str_eq(got->unit, "a.service", "case %zu", i);
		cr_expect_not(event_has(&ev, FIELD(UNIT)), "the backend's event was changed");
		filter_free(f);
	}
}

Test(selection, without_identity_only_the_event_counts)
{
	const char *rules[2] = {"unit==a.service"};
	struct selection s = {.filter = make_filter(rules)};
	struct cap_event ev, filled;

	event_chroot(&ev);
	cr_assert_null(selection_take(&s, &ev, 1, &filled));
	ev.unit = "a.service"; /* as in a recording */
	ev.have |= FIELD(UNIT);
	cr_assert_eq(selection_take(&s, &ev, 1, &filled), &ev);
	filter_free((struct filter *)s.filter);
}

Test(selection, only_events_that_pass_the_filter_count_as_left_out)
{
	static const struct {
		const char *rules[2];
		bool startup;
		const char *unit;
		uint64_t left_startup, left_unaudited;
	} cases[] = {
		{{NULL}, false, "a.service", 0, 3},
		{{"comm==chroot"}, false, "a.service", 0, 3},
		{{"comm==other"}, false, "a.service", 0, 0},
		{{"unit==a.service"}, false, "a.service", 0, 3},
		{{"unit==b.service"}, false, "a.service", 0, 0},
		{{NULL}, true, "a.service", 3, 0},
		{{"unit==b.service"}, true, "a.service", 0, 0},
		/* A cgroup without an owner has no start-up. */
		{{NULL}, true, NULL, 0, 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_identity id = {.unit = cases[i].unit};
		struct selection s = {
			.identify = identify,
			.arg = &id,
			.hide_startup = true,
			.hide_unaudited = true,
		};
		struct filter *f = make_filter((const char **)cases[i].rules);
		struct cap_event ev, filled;

		s.filter = f;
		event_chroot(&ev);
		ev.audit = false;
		ev.startup = cases[i].startup;
		ev.have |= FIELD(STARTUP);
		cr_expect_null(selection_take(&s, &ev, 3, &filled), "case %zu", i);
		cr_expect_eq(s.startup, cases[i].left_startup, "case %zu", i);
		cr_expect_eq(s.unaudited, cases[i].left_unaudited, "case %zu", i);
		filter_free(f);
	}
}

/* A rule on a field that identity clears is tried after the lookup. */
Test(selection, start_up_depends_on_the_owner)
{
	const char *rules[2] = {"startup==true"};
	struct fake_identity no_owner = {0}, unit = {.unit = "a.service"};
	struct selection s = {.filter = make_filter(rules), .identify = identify};
	struct cap_event ev, filled;

	event_chroot(&ev);
	ev.startup = true;
	ev.have |= FIELD(STARTUP);
	s.arg = &no_owner;
	cr_assert_null(selection_take(&s, &ev, 1, &filled));
	s.arg = &unit;
	cr_assert_not_null(selection_take(&s, &ev, 1, &filled));
	filter_free((struct filter *)s.filter);
}

Test(selection, the_first_of_a_combination)
{
	const char *rules[2] = {0};
	struct selection s = {.filter = make_filter(rules), .unique = unique_new(4)};
	struct cap_event ev, filled;

	event_chroot(&ev);
	cr_assert_not_null(selection_take(&s, &ev, 1, &filled));
	cr_assert_null(selection_take(&s, &ev, 1, &filled));
	unique_free(s.unique);
	filter_free((struct filter *)s.filter);
}
