// SPDX-License-Identifier: GPL-2.0-or-later
/* Outcomes of system calls, although the kernel reports few of the returns that succeed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "backends/ftrace/outcome.h"
#include "compat/host/machine.h"
#include "core/backend.h"
#include "core/base/util.h"
#include "core/event/syscalls.h"
#include "ftrace/probe/hook.h"

struct seen {
	struct event_handler handler;
	struct cap_outcome last;
	int n;
};

static void on_outcome(struct event_handler *handler, const struct cap_outcome *o)
{
	struct seen *s = container_of(handler, struct seen, handler);

	s->last = *o;
	s->n++;
}

static struct cap_event denied(uint64_t time, int32_t tid, long nr)
{
	return (struct cap_event){
		.have = FIELD(TIMESTAMP) | FIELD(TID) | FIELD(VERDICT) | FIELD(SYSCALL) |
			FIELD(AUDIT),
		.timestamp = time,
		.pid = 7,
		.tid = tid,
		.audit = true,
		.verdict = CAP_DENY,
		.syscall = syscall_name(syscall_abi_native(), (int)nr),
	};
}

static struct cap_event granted(uint64_t time, int32_t tid, long nr, int cap)
{
	struct cap_event ev = denied(time, tid, nr);

	ev.cap = cap;
	ev.have |= FIELD(CAP);
	ev.verdict = CAP_ALLOW;
	return ev;
}

static struct outcomes *new_outcomes(void)
{
	struct outcomes *o = outcomes_new(machine_of_kernel(sizeof(long)));

	outcomes_know_commits(o, true);
	return o;
}

/* The event's system call, of the native ABI; @arg is the second of its three arguments. */
static struct hook_call call_of(const struct cap_event *ev, uint64_t arg)
{
	return (struct hook_call){ev->syscall, syscall_abi_native(), true, {1, arg, 3}};
}

static void deliver_arg(struct outcomes *o, const struct cap_event *ev, uint64_t arg,
			struct seen *s)
{
	struct hook_call call = call_of(ev, arg);

	outcomes_before(o, ev->tid, &call, &s->handler);
	outcomes_after(o, ev, &call);
}

static void deliver(struct outcomes *o, const struct cap_event *ev, struct seen *s)
{
	deliver_arg(o, ev, 2, s);
}

static void commit(struct outcomes *o, const struct cap_event *ev, uint64_t arg, bool changed,
		   struct seen *s)
{
	struct hook_call call = call_of(ev, arg);
	struct hook_commit c = {changed, true, 0xff};

	outcomes_commit(o, ev->tid, &call, &c, &s->handler);
}

static const int64_t eperm = -EPERM;

Test(ftrace_outcome, a_refusal_ends_its_call)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = denied(11, 5, SYS_openat);

	deliver(o, &a, &s);
	deliver(o, &b, &s);
	/* Another thread returns. */
	outcomes_return(o, 6, SYS_openat, eperm, 12, &s.handler);
	cr_assert_eq(s.n, 0);
	outcomes_return(o, 5, SYS_openat, -EACCES, 13, &s.handler);
	cr_assert_eq(s.n, 1);
	cr_assert(s.last.refused && s.last.has_ret && s.last.ret == -EACCES);
	cr_assert(s.last.since == 10 && s.last.until == 13 && s.last.tid == 5 && s.last.pid == 7);
	outcomes_return(o, 5, SYS_openat, eperm, 14, &s.handler);
	cr_assert_eq(s.n, 1, "its outcome was delivered already");
	outcomes_free(o);
}

Test(ftrace_outcome, a_call_that_is_followed_by_another_did_not_fail_for_it)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = denied(20, 5, SYS_kill);

	deliver(o, &a, &s);
	deliver(o, &b, &s);
	cr_assert_eq(s.n, 1);
	cr_assert(!s.last.refused && !s.last.has_ret && s.last.until == 10);
	/* A call without checks fails. */
	outcomes_return(o, 5, SYS_setpriority, eperm, 30, &s.handler);
	cr_assert_eq(s.n, 2);
	cr_assert(!s.last.refused && s.last.since == 20);
	deliver(o, &a, &s);
	outcomes_flush(o, 40, &s.handler);
	cr_assert_eq(s.n, 3);
	cr_assert(!s.last.refused && !s.last.has_ret && s.last.until == 40);
	outcomes_free(o);
}

Test(ftrace_outcome, what_is_granted_or_not_audited_is_not_waited_for)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat), b = a;

	a.verdict = CAP_ALLOW;
	b.audit = false;
	deliver(o, &a, &s);
	deliver(o, &b, &s);
	outcomes_return(o, 5, SYS_openat, eperm, 12, &s.handler);
	outcomes_flush(o, 20, &s.handler);
	cr_assert_eq(s.n, 0);
	outcomes_free(o);
}

/* A 32-bit task's result may come without its sign. */
Test(ftrace_outcome, errors_of_32_bit_tasks)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_openat);
	char *filter = outcomes_filter(machine_of_kernel(sizeof(long)));

	cr_assert(strstr(filter, "ret == -1 ") && strstr(filter, "ret == 4294967283"), "%s",
		  filter);
	deliver(o, &a, &s);
	outcomes_return(o, 5, SYS_openat, (uint32_t)-EPERM, 12, &s.handler);
	cr_assert(s.last.refused && s.last.ret == -EPERM);
	free(filter);
	outcomes_free(o);
}

/* Successful returns are only recorded for calls that may not need a granted capability. */
Test(ftrace_outcome, the_filter)
{
	char *filter = outcomes_filter(machine_find("x86_64"));

	cr_assert_str_eq(
		filter,
		"((ret < 0 || ret > 2147483647) && (ret == -1 || ret == -13 || ret == -12 "
		"|| ret == -23 || ret == -24 || ret == -28 || ret == -122 || ret == -61 || "
		"ret == 4294967295 || ret == 4294967283 || (ret == -11 && id == 56) || "
		"(ret == -11 && id == 57) || (ret == -11 && id == 58) || (ret == -11 && id == "
		"435))) || "
		"(id == 54) || (id >= 90 && id <= 126 && (id == 90 || id == 91 || id == 105 || "
		"id == 106 || id == 113 || id == 114 || id == 117 || id == 119 || id == 122 || "
		"id == 123 || id == 126)) || (id >= 191 && id <= 193 && (id == 191 || id == 192 || "
		"id == 193)) || (id == 268) || (id == 452 || id == 464)");
	free(filter);
}

Test(ftrace_outcome, granted_and_nothing_changed)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = granted(10, 5, SYS_setuid, CAP_SETUID);

	deliver(o, &a, &s);
	commit(o, &a, 2, false, &s);
	cr_assert_eq(s.n, 0);
	outcomes_return(o, 5, SYS_setuid, 0, 12, &s.handler);
	cr_assert_eq(s.n, 1);
	cr_assert(s.last.has_ids && !s.last.ids_changed && s.last.has_ret && !s.last.ret);
	cr_assert(s.last.has_permitted && s.last.permitted == 0xff);
	cr_assert(s.last.has_args && s.last.args[1] == 2 && s.last.args[2] == 3);
	/* A call that changes ids. What another thread commits does not count. */
	deliver(o, &a, &s);
	a.tid = 6;
	commit(o, &a, 2, false, &s);
	a.tid = 5;
	commit(o, &a, 2, true, &s);
	outcomes_return(o, 5, SYS_setuid, 0, 14, &s.handler);
	cr_assert(s.n == 2 && s.last.ids_changed);
	/* A call that commits nothing changes no ids; its permitted set is unknown. */
	deliver(o, &a, &s);
	outcomes_return(o, 5, SYS_setuid, -EAGAIN, 15, &s.handler);
	cr_assert(s.n == 3 && s.last.has_ids && !s.last.ids_changed && !s.last.has_permitted);
	outcomes_free(o);
}

/* Successful returns of the other ABI's calls are not recorded. */
Test(ftrace_outcome, each_call_its_own)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = granted(10, 5, SYS_setuid, CAP_SETUID);

	deliver(o, &a, &s);
	commit(o, &a, 2, false, &s);
	a.timestamp = 20;
	deliver(o, &a, &s);
	cr_assert(s.n == 1 && s.last.since == 10 && s.last.until == 10 && !s.last.ids_changed);
	commit(o, &a, 2, true, &s);
	a.timestamp = 30;
	deliver_arg(o, &a, 9, &s);
	cr_assert(s.n == 2 && s.last.since == 20 && s.last.ids_changed);
	/* A commit in another call, which made no check, is not counted for this one. */
	commit(o, &a, 10, true, &s);
	cr_assert(s.n == 3 && s.last.since == 30 && s.last.has_ids && !s.last.ids_changed);
	outcomes_flush(o, 40, &s.handler);
	cr_assert_eq(s.n, 3);
	outcomes_free(o);
}

/* HOOK_OVERCOMMIT does not fetch arguments: an execve() that allocates memory and then fails. */
Test(ftrace_outcome, a_check_without_arguments_is_the_same_calls)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = denied(10, 5, SYS_execve), b = denied(11, 5, SYS_execve);
	struct hook_call call = call_of(&b, 0);

	deliver(o, &a, &s);
	b.audit = false;
	call.has_args = false;
	outcomes_before(o, 5, &call, &s.handler);
	outcomes_after(o, &b, &call);
	outcomes_return(o, 5, SYS_execve, -EACCES, 12, &s.handler);
	cr_assert(s.n == 1 && s.last.refused && s.last.has_args && s.last.since == 10);
	outcomes_free(o);
}

/* Two calls of a 32-bit task: the first succeeds, and its return is not recorded. */
Test(ftrace_outcome, what_another_call_returned_is_not_this_ones)
{
	struct outcomes *o = outcomes_new(machine_find("x86_64"));
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = granted(10, 5, 0, CAP_SYS_ADMIN);
	struct hook_call call = {syscall_name(SYSCALL_ABI_I386, 229), SYSCALL_ABI_I386, true, {1}};

	a.syscall = call.syscall;
	cr_assert_str_eq(call.syscall, "getxattr");
	for (int i = 0; i < 2; i++) {
		outcomes_before(o, 5, &call, &s.handler);
		outcomes_after(o, &a, &call);
		a.timestamp = 20;
	}
	cr_assert(s.n == 1 && s.last.since == 10 && !s.last.has_ret);
	outcomes_return(o, 5, 229, -ENODATA, 21, &s.handler);
	cr_assert(s.n == 2 && s.last.since == 20 && s.last.has_ret && s.last.ret == -ENODATA);
	outcomes_free(o);
}

Test(ftrace_outcome, what_is_not_known_is_absent)
{
	struct outcomes *o = new_outcomes();
	struct seen s = {.handler = {.outcome = on_outcome}};
	struct cap_event a = granted(10, 5, SYS_setuid, CAP_SETUID);
	struct hook_call none = {0}, call = call_of(&a, 2);

	deliver(o, &a, &s);
	outcomes_commit(o, 5, &none, NULL, &s.handler);
	outcomes_return(o, 5, SYS_setuid, 0, 12, &s.handler);
	cr_assert(s.n == 1 && !s.last.has_ids && !s.last.has_permitted);
	deliver(o, &a, &s);
	outcomes_commit(o, 5, &call, NULL, &s.handler);
	outcomes_return(o, 5, SYS_setuid, 0, 12, &s.handler);
	cr_assert(s.n == 2 && !s.last.has_ids);
	outcomes_know_commits(o, false);
	deliver(o, &a, &s);
	outcomes_return(o, 5, SYS_setuid, 0, 12, &s.handler);
	cr_assert(s.n == 3 && !s.last.has_ids);
	call.has_args = false;
	outcomes_after(o, &a, &call);
	outcomes_return(o, 5, SYS_setuid, 0, 12, &s.handler);
	cr_assert(s.n == 4 && !s.last.has_args);
	outcomes_free(o);
}
