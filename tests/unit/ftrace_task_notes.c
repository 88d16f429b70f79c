// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks whose task was recorded by a separate probe. */
#include <criterion/criterion.h>

#include "ftrace/probe/hook.h"
#include "ftrace/task/task_notes.h"

#define NOTED (FIELD(PID) | FIELD(MNTNS) | FIELD(CGROUPID) | FIELD(SYSCALL))

static struct cap_event note(int tid, int cap, const char *syscall)
{
	return (struct cap_event){
		.have = FIELD(TID) | NOTED,
		.tid = tid,
		.cap = cap,
		.pid = tid + 1000,
		.mntns = 7,
		.cgroupid = 8,
		.syscall = syscall,
	};
}

static void put(struct task_notes *n, const struct cap_event *ev)
{
	struct hook_call call = {.syscall = ev->syscall};

	task_notes_put(n, ev, &call);
}

static struct cap_event take(struct task_notes *n, int tid, int cap)
{
	struct cap_event ev = {.have = FIELD(TID) | FIELD(CAP), .tid = tid, .cap = cap};
	struct hook_call call = {0};

	task_notes_take(n, &ev, &call);
	cr_assert_eq(call.syscall, ev.syscall);
	return ev;
}

Test(ftrace_task_notes, the_check_has_what_was_noted)
{
	struct task_notes *n = task_notes_new();
	struct cap_event a = note(5, 21, "mount"), ev;

	put(n, &a);
	ev = take(n, 5, 21);
	cr_assert_eq(ev.have, FIELD(TID) | FIELD(CAP) | NOTED);
	cr_assert_eq(ev.pid, 1005);
	cr_assert_eq(ev.mntns, 7);
	cr_assert_eq(ev.cgroupid, 8);
	cr_assert_str_eq(ev.syscall, "mount");
	task_notes_free(n);
}

/* The probes of two CPUs saw one check, or a call made the same check twice. */
Test(ftrace_task_notes, the_last_one_counts_and_only_once)
{
	struct task_notes *n = task_notes_new();
	struct cap_event a = note(5, 21, "mount"), b = note(5, 21, "umount2");

	put(n, &a);
	put(n, &b);
	cr_assert_str_eq(take(n, 5, 21).syscall, "umount2");
	cr_assert_eq(take(n, 5, 21).have, FIELD(TID) | FIELD(CAP));
	task_notes_free(n);
}

Test(ftrace_task_notes, not_another_threads_nor_another_check)
{
	struct task_notes *n = task_notes_new();
	struct cap_event a = note(5, 21, "mount");

	put(n, &a);
	cr_assert_eq(take(n, 6, 21).have, FIELD(TID) | FIELD(CAP));
	/* The note's own check was lost; the note is not used for the next one. */
	cr_assert_eq(take(n, 5, 0).have, FIELD(TID) | FIELD(CAP));
	cr_assert_eq(take(n, 5, 21).have, FIELD(TID) | FIELD(CAP));
	task_notes_free(n);
}

Test(ftrace_task_notes, the_oldest_of_too_many_goes)
{
	struct task_notes *n = task_notes_new();

	for (int tid = 1; tid <= 1100; tid++) {
		struct cap_event a = note(tid, 21, "mount");

		put(n, &a);
	}
	cr_assert_eq(take(n, 1, 21).have, FIELD(TID) | FIELD(CAP));
	cr_assert_str_eq(take(n, 1100, 21).syscall, "mount");
	cr_assert_str_eq(take(n, 77, 21).syscall, "mount");
	task_notes_free(n);
}

/* While a thread is preempted within a check, other threads may make thousands of checks. */
Test(ftrace_task_notes, what_was_taken_makes_room)
{
	struct task_notes *n = task_notes_new();
	struct cap_event a = note(5, 21, "mount");

	put(n, &a);
	for (int i = 0; i < 5000; i++) {
		struct cap_event b = note(1000 + i, 23, "setpriority");

		put(n, &b);
		cr_assert_str_eq(take(n, 1000 + i, 23).syscall, "setpriority");
	}
	cr_assert_str_eq(take(n, 5, 21).syscall, "mount");
	task_notes_free(n);
}
