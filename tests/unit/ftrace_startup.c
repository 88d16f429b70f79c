// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Telling start-up from the kernel's records about tasks, in sequences that were really recorded.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "ftrace/task/startup.h"

#define RUNC  100 /* `runc create`, in the daemon's cgroup */
#define INIT  101 /* `runc init`, started by RUNC */
#define STAGE 102 /* cloned by INIT, with RUNC as the parent */
#define OTHER 200
#define NEW   7 /* the container's cgroup */

static struct startup_task task(int32_t tgid, const char *exe, bool fresh)
{
	struct startup_task t = {.tgid = tgid, .fresh = fresh, .cgroup = NEW};

	snprintf(t.image.exe, sizeof(t.image.exe), "%s", exe);
	t.image.root_mnt = 1;
	t.image.root_dentry = 2;
	return t;
}

static void fork_of(struct startup *s, int32_t parent, int32_t child)
{
	struct startup_task t = task(child, "", true);

	startup_forked(s, parent, &t, false);
}

static void exec_in(struct startup *s, int32_t tgid, const char *exe, uint64_t root)
{
	struct startup_image image = {.root_mnt = root, .root_dentry = 2};

	snprintf(image.exe, sizeof(image.exe), "%s", exe);
	startup_image(s, tgid, &image);
	startup_executed(s, tgid);
}

static void move(struct startup *s, int32_t mover, const struct startup_task *t)
{
	startup_move(s, mover, t);
	startup_moved(s, mover, t->tgid, true);
}

static enum startup_tri of(const struct startup *s, int32_t tgid)
{
	return startup_of(s, tgid, NEW);
}

/*
 * runc 1.1: a copy of itself in a memfd, two clones, the container's root, the container's program.
 */
Test(ftrace_startup, runc)
{
	struct startup *s = startup_new();
	struct startup_task init = task(INIT, "runc", false);

	fork_of(s, RUNC, INIT);
	exec_in(s, INIT, "runc", 1);
	cr_expect_eq(of(s, INIT), STARTUP_NO, "not there yet");
	move(s, RUNC, &init);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	cr_expect_eq(of(s, RUNC), STARTUP_NO);
	exec_in(s, INIT, "memfd:runc_cloned:/proc", 1);
	cr_expect_eq(of(s, INIT), STARTUP_YES, "a copy of itself");
	fork_of(s, INIT, STAGE);
	startup_ended(s, INIT);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	cr_expect_eq(of(s, STAGE), STARTUP_YES);
	exec_in(s, STAGE, "busybox", 9);
	cr_expect_eq(of(s, STAGE), STARTUP_NO, "the container's program");
	fork_of(s, STAGE, OTHER);
	cr_expect_eq(of(s, OTHER), STARTUP_NO);
	startup_free(s);
}

/* A program in the container's root belongs to the container, whatever its name. */
Test(ftrace_startup, a_container_of_runc_itself)
{
	struct startup *s = startup_new();
	struct startup_task init = task(INIT, "runc", false);

	move(s, RUNC, &init);
	exec_in(s, INIT, "runc", 9);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	startup_free(s);
}

/* systemd moves a child that has not executed a program; newer versions execute a helper. */
Test(ftrace_startup, units)
{
	struct startup *s = startup_new();
	struct startup_task child = task(INIT, "systemd", true);

	move(s, INIT, &child);
	cr_expect_eq(of(s, INIT), STARTUP_YES, "moved by itself");
	exec_in(s, INIT, "systemd-executor", 1);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	exec_in(s, INIT, "sh", 1);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	/* CLONE_INTO_CGROUP */
	child = task(STAGE, "systemd", true);
	startup_forked(s, 1, &child, true);
	cr_expect_eq(of(s, STAGE), STARTUP_YES);
	/* A unit whose program is runc is not start-up by runc. */
	exec_in(s, STAGE, "runc", 1);
	cr_expect_eq(of(s, STAGE), STARTUP_NO);
	startup_free(s);
}

Test(ftrace_startup, what_starts_nothing)
{
	struct startup *s = startup_new();
	struct startup_task t = task(INIT, "sh", false);

	move(s, RUNC, &t);
	cr_expect_eq(of(s, INIT), STARTUP_NO, "a running program");
	t = task(INIT, "worker", true);
	t.below_parent = STARTUP_YES;
	move(s, RUNC, &t);
	cr_expect_eq(of(s, INIT), STARTUP_NO, "a service's own worker");
	t.below_parent = STARTUP_NO;
	startup_move(s, RUNC, &t);
	startup_moved(s, RUNC, INIT, false);
	cr_expect_eq(of(s, INIT), STARTUP_NO, "an ignored hierarchy");
	startup_forked(s, RUNC, &t, false);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	startup_free(s);
}

/* The task is in the new cgroup before the tracepoint is hit, and may run in between. */
Test(ftrace_startup, while_it_is_moved)
{
	struct startup *s = startup_new();
	struct startup_task init = task(INIT, "runc", false);
	struct startup_image copy = task(INIT, "memfd:runc_cloned:", false).image;

	startup_move(s, RUNC, &init);
	cr_expect_eq(startup_of(s, INIT, 3), STARTUP_NO, "still in its old cgroup");
	cr_expect_eq(startup_of(s, INIT, NEW), STARTUP_YES);
	cr_expect_eq(startup_of(s, STAGE, NEW), STARTUP_NO);
	startup_image(s, INIT, &copy);
	startup_moved(s, RUNC, INIT, true);
	startup_executed(s, INIT);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	exec_in(s, INIT, "nginx", 1);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	/* If it executes a program in between, that program counts. */
	init = task(STAGE, "systemd", true);
	startup_move(s, 1, &init);
	exec_in(s, STAGE, "sh", 1);
	startup_moved(s, 1, STAGE, true);
	cr_expect_eq(of(s, STAGE), STARTUP_NO);
	startup_free(s);
}

/* runc moves its init without waiting for it: it may be executing its copy already. */
Test(ftrace_startup, moved_while_it_executes)
{
	struct startup *s = startup_new();
	struct startup_task init = task(INIT, "memfd:runc_cloned:", false);

	startup_image(s, INIT, &init.image);
	cr_expect_eq(of(s, INIT), STARTUP_NO, "not there yet");
	startup_move(s, RUNC, &init);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	startup_moved(s, RUNC, INIT, true);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	startup_executed(s, INIT);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	exec_in(s, INIT, "busybox", 9);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	/* A program that is moved just before it is executed does not start anything up. */
	init = task(STAGE, "sh", false);
	startup_image(s, STAGE, &init.image);
	move(s, 1, &init);
	cr_expect_eq(of(s, STAGE), STARTUP_NO);
	fork_of(s, STAGE, OTHER);
	startup_executed(s, STAGE);
	cr_expect_eq(of(s, STAGE), STARTUP_NO);
	cr_expect_eq(of(s, OTHER), STARTUP_NO);
	startup_free(s);
}

Test(ftrace_startup, what_was_not_told_is_unknown)
{
	struct startup *s = startup_new();
	struct startup_task t = task(INIT, "runc", false);

	startup_moved(s, RUNC, INIT, true);
	cr_expect_eq(of(s, INIT), STARTUP_UNKNOWN, "its program is unknown");
	fork_of(s, INIT, STAGE);
	cr_expect_eq(of(s, STAGE), STARTUP_UNKNOWN);
	exec_in(s, STAGE, "memfd:runc_cloned:", 1);
	cr_expect_eq(of(s, STAGE), STARTUP_UNKNOWN);
	exec_in(s, STAGE, "nginx", 9);
	cr_expect_eq(of(s, STAGE), STARTUP_NO, "not a runtime in any case");
	move(s, RUNC, &t);
	cr_expect_eq(of(s, INIT), STARTUP_YES);
	startup_executed(s, INIT);
	cr_expect_eq(of(s, INIT), STARTUP_UNKNOWN, "its new program is unknown");
	t = task(OTHER, "x", true);
	t.below_parent = STARTUP_UNKNOWN;
	move(s, RUNC, &t);
	cr_expect_eq(of(s, OTHER), STARTUP_UNKNOWN, "the place of its cgroup is unknown");
	cr_expect(startup_lose(s));
	cr_expect_not(startup_lose(s), "reported once");
	cr_expect_eq(of(s, RUNC), STARTUP_UNKNOWN);
	startup_free(s);
}

Test(ftrace_startup, a_number_that_is_used_again)
{
	struct startup *s = startup_new();
	struct startup_task t = task(INIT, "systemd", true);

	move(s, INIT, &t);
	fork_of(s, 1, INIT);
	cr_expect_eq(of(s, INIT), STARTUP_NO);
	startup_free(s);
}

/* As many thread groups as fit, in any order; with one more, nobody's start-up is known. */
Test(ftrace_startup, many)
{
	struct startup *s = startup_new();

	for (int32_t tgid = 1; tgid <= 2048; tgid++) {
		struct startup_task t = task(tgid * 7, "runc", false);

		move(s, 1, &t);
	}
	for (int32_t tgid = 1; tgid <= 2048; tgid += 2)
		startup_ended(s, tgid * 7);
	for (int32_t tgid = 1; tgid <= 2048; tgid++)
		cr_expect_eq(of(s, tgid * 7), tgid % 2 ? STARTUP_NO : STARTUP_YES);
	for (int32_t tgid = 1; tgid <= 1025; tgid++) {
		struct startup_task t = task(tgid * 7 + 1, "runc", false);

		cr_assert_neq(of(s, 14), STARTUP_UNKNOWN);
		move(s, 1, &t);
	}
	cr_expect_eq(of(s, 14), STARTUP_UNKNOWN);
	startup_free(s);
}
