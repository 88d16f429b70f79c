// SPDX-License-Identifier: GPL-2.0-or-later
/* Outcomes from returns of which only those that failed are told. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "backends/ftrace_outcome.h"
#include "compat/syscalls.h"
#include "core/backend.h"
#include "core/util.h"

struct seen {
	struct event_sink sink;
	struct cap_outcome last;
	int n;
};

static void on_outcome(struct event_sink *sink, const struct cap_outcome *o)
{
	struct seen *s = container_of(sink, struct seen, sink);

	s->last = *o;
	s->n++;
}

static struct cap_event denied(uint64_t time, int32_t tid, long nr)
{
	return (struct cap_event){
		.have = CAP_HAVE(TIMESTAMP) | CAP_HAVE(TID) | CAP_HAVE(VERDICT) |
			CAP_HAVE(SYSCALL) | CAP_HAVE(AUDIT),
		.timestamp = time,
		.pid = 7,
		.tid = tid,
		.audit = true,
		.verdict = CAP_DENY,
		.syscall = syscall_name(syscall_abi_native(), (int)nr),
	};
}

static void deliver(struct outcomes *o, const struct cap_event *ev, struct seen *s)
{
	outcomes_before(o, ev, &s->sink);
	outcomes_after(o, ev);
}

static const int64_t eperm = -EPERM;

Test(ftrace_outcome, a_refusal_ends_its_call)
{
	struct outcomes *o = outcomes_new();
	struct seen s = {.sink = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = denied(11, 5, SYS_openat);

	deliver(o, &a, &s);
	deliver(o, &b, &s);
	/* Another thread's. */
	outcomes_return(o, 6, SYS_openat, eperm, 12, &s.sink);
	cr_assert_eq(s.n, 0);
	outcomes_return(o, 5, SYS_openat, -EACCES, 13, &s.sink);
	cr_assert_eq(s.n, 1);
	cr_assert(s.last.refused && s.last.has_ret && s.last.ret == -EACCES);
	cr_assert(s.last.since == 10 && s.last.until == 13 && s.last.tid == 5 && s.last.pid == 7);
	outcomes_return(o, 5, SYS_openat, eperm, 14, &s.sink);
	cr_assert_eq(s.n, 1, "it was handed out already");
	outcomes_free(o);
}

Test(ftrace_outcome, a_call_that_is_followed_by_another_did_not_fail_for_it)
{
	struct outcomes *o = outcomes_new();
	struct seen s = {.sink = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = denied(20, 5, SYS_kill);

	deliver(o, &a, &s);
	deliver(o, &b, &s);
	cr_assert_eq(s.n, 1);
	cr_assert(!s.last.refused && !s.last.has_ret && s.last.until == 10);
	/* The failure of a call without checks. */
	outcomes_return(o, 5, SYS_setpriority, eperm, 30, &s.sink);
	cr_assert_eq(s.n, 2);
	cr_assert(!s.last.refused && s.last.since == 20);
	deliver(o, &a, &s);
	outcomes_flush(o, 40, &s.sink);
	cr_assert_eq(s.n, 3);
	cr_assert(!s.last.refused && !s.last.has_ret && s.last.until == 40);
	outcomes_free(o);
}

Test(ftrace_outcome, what_is_granted_or_not_audited_is_not_waited_for)
{
	struct outcomes *o = outcomes_new();
	struct seen s = {.sink = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = a;

	a.verdict = CAP_ALLOW;
	b.audit = false;
	deliver(o, &a, &s);
	deliver(o, &b, &s);
	outcomes_return(o, 5, SYS_openat, eperm, 12, &s.sink);
	outcomes_flush(o, 20, &s.sink);
	cr_assert_eq(s.n, 0);
	outcomes_free(o);
}

/* One that came without its sign, from a 32-bit task. */
Test(ftrace_outcome, errors_of_32_bit_tasks)
{
	struct outcomes *o = outcomes_new();
	struct seen s = {.sink = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat);
	char *filter = outcomes_filter();

	cr_assert(strstr(filter, "ret == -1 ") && strstr(filter, "ret == 4294967283"), "%s",
		  filter);
	deliver(o, &a, &s);
	outcomes_return(o, 5, SYS_openat, (uint32_t)-EPERM, 12, &s.sink);
	cr_assert(s.last.refused && s.last.ret == -EPERM);
	free(filter);
	outcomes_free(o);
}
