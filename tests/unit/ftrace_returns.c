// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "core/base/util.h"
#include "ftrace/probe/returns.h"

#define MANY 1000

struct out {
	struct cap_event ev[MANY];
	size_t len;
	uint64_t frame; /* the first address in the last event's stack */
};

static void take(void *arg, struct cap_event *ev, const struct hook_call *call)
{
	struct out *out = arg;

	out->frame = ev->kstack_len ? ev->kstack[0].addr : 0;
	out->ev[out->len++] = *ev;
}

static int hold(struct returns *r, int32_t tid, int32_t cap, uint64_t sp)
{
	struct cap_event ev = {.tid = tid, .cap = cap, .have = FIELD(TID) | FIELD(CAP)};
	struct hook_call call = {0};

	return returns_hold(r, &ev, &call, sp);
}

static bool has_verdict(const struct out *out, size_t i)
{
	return event_has(&out->ev[i], FIELD(VERDICT));
}

static struct out out;
static struct returns *r;

static void set_up(void)
{
	memset(&out, 0, sizeof(out));
	r = returns_new(take, &out);
	cr_assert_not_null(r);
}

static void tear_down(void)
{
	returns_free(r);
}

TestSuite(returns, .init = set_up, .fini = tear_down);

Test(returns, each_thread_has_its_own)
{
	hold(r, 1, 10, 0x1000);
	hold(r, 2, 20, 0x2000);
	cr_assert_eq(out.len, 0);
	returns_match(r, 2, 0x2000, 0);
	returns_match(r, 1, 0x1000, -1);
	cr_assert_eq(out.len, 2);
	cr_assert_eq(out.ev[0].cap, 20);
	cr_assert(has_verdict(&out, 0) && out.ev[0].verdict == CAP_ALLOW);
	cr_assert(has_verdict(&out, 1) && out.ev[1].verdict == CAP_DENY);
	/* The return of a check that a filter dropped. */
	returns_match(r, 1, 0x1000, 0);
	cr_assert_eq(out.len, 2);
}

Test(returns, a_lost_return_is_not_made_up_for_by_the_next)
{
	hold(r, 1, 10, 0x1000);
	hold(r, 1, 11, 0x1000);
	cr_assert_eq(out.len, 1);
	cr_assert(!has_verdict(&out, 0));
	returns_match(r, 1, 0x1000, 0);
	cr_assert_eq(out.ev[1].cap, 11);
	cr_assert(has_verdict(&out, 1));
	/* The return of a check whose entry was lost. */
	hold(r, 1, 12, 0x1000);
	returns_match(r, 1, 0x1100, 0);
	cr_assert_eq(out.len, 2);
	returns_flush(r, true);
	cr_assert_eq(out.len, 3);
	cr_assert(!has_verdict(&out, 2));
}

Test(returns, what_is_old_goes_without)
{
	hold(r, 1, 10, 0x1000);
	returns_flush(r, false);
	hold(r, 2, 20, 0x1000);
	cr_assert_eq(out.len, 0);
	returns_flush(r, false);
	cr_assert_eq(out.len, 1);
	cr_assert_eq(out.ev[0].cap, 10);
	returns_match(r, 2, 0x1000, 0);
	cr_assert_eq(out.len, 2);
	cr_assert(has_verdict(&out, 1));
}

Test(returns, bounded_and_in_order)
{
	for (int i = 0; i < MANY; i++)
		cr_assert_eq(hold(r, i, i % 40, 0x1000), 0);
	cr_assert(out.len > 0 && out.len < MANY);
	returns_flush(r, true);
	cr_assert_eq(out.len, MANY);
	for (int i = 0; i < MANY; i++)
		cr_assert_eq(out.ev[i].tid, i);
}

Test(returns, stacks_are_kept)
{
	struct cap_frame frames[2] = {{.addr = 0x1234}, {.addr = 0x5678}};
	struct cap_event ev = {.tid = 1, .kstack = frames, .kstack_len = 2};
	struct hook_call call = {0};

	cr_assert_eq(returns_hold(r, &ev, &call, 1), 0);
	frames[0].addr = 0;
	returns_match(r, 1, 1, 0);
	cr_assert_eq(out.frame, 0x1234);
}
