// SPDX-License-Identifier: GPL-2.0-or-later
/* The small tables of the ftrace library: lists of CPUs, followed threads, names of threads. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/backend.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/task/comms.h"
#include "ftrace/task/follow.h"
#include "ftrace/task/tids.h"

Test(ftrace_cpus, lists)
{
	struct cpus c;

	cr_assert_eq(cpus_parse(&c, "0\n"), 0);
	cr_assert(cpus_has(&c, 0) && !cpus_has(&c, 1));
	cr_assert_eq(c.len, 1);
	cr_assert_eq(cpus_parse(&c, "0-2,7,64-65\n"), 0);
	for (int cpu = 0; cpu < 80; cpu++)
		cr_assert_eq(cpus_has(&c, cpu), cpu <= 2 || cpu == 7 || cpu == 64 || cpu == 65,
			     "CPU %d", cpu);
	cr_assert_eq(c.len, 66);
}

Test(ftrace_cpus, what_is_no_list)
{
	static const char *const bad[] = {"", "\n", "x", "1-", "3-1", "0,", "0;1", "-1", "0-99999"};
	struct cpus c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(bad[i], "0,")) /* accepted as "0" */
			cr_assert_lt(cpus_parse(&c, bad[i]), 0, "'%s'", bad[i]);
}

Test(ftrace_follow, descendants_and_numbers_used_again)
{
	pid_t pids[] = {100};
	struct target target = {.follow = true, .pids = pids, .pids_len = 1};
	struct follow *f = follow_new(&target);

	cr_assert(follow_is_seed(f, 100) && !follow_is_seed(f, 101));
	follow_add(f, 100);
	follow_fork(f, 100, 101, true);
	follow_fork(f, 101, 200, false);
	follow_fork(f, 50, 300, false);
	cr_assert(follow_has(f, 101) && follow_has(f, 200));
	cr_assert_not(follow_has(f, 50) || follow_has(f, 300));
	/* 200 has ended, and another process's child gets its number. */
	follow_fork(f, 50, 200, false);
	cr_assert_not(follow_has(f, 200));
	follow_free(f);
}

Test(ftrace_follow, threads_alone_without_follow)
{
	pid_t pids[] = {100};
	struct target target = {.pids = pids, .pids_len = 1};
	struct follow *f = follow_new(&target);

	follow_add(f, 100);
	follow_fork(f, 100, 101, true);
	follow_fork(f, 100, 102, false);
	cr_assert(follow_has(f, 101));
	cr_assert_not(follow_has(f, 102));
	follow_free(f);
}

Test(ftrace_follow, numbers_out_of_range)
{
	struct target target = {.follow = true};
	struct follow *f = follow_new(&target);
	static const int32_t bad[] = {0, -1, INT32_MAX, INT32_MIN, 4 * 1024 * 1024};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		follow_add(f, bad[i]);
		follow_fork(f, bad[i], bad[i], true);
		cr_assert_not(follow_has(f, bad[i]));
	}
	follow_free(f);
}

static int count_self(void *arg, pid_t tid)
{
	*(int *)arg += tid == getpid();
	return 0;
}

static int stop_at_once(void *arg, pid_t tid)
{
	return -EINTR;
}

Test(ftrace_tids, each_once_and_none_of_the_dead)
{
	int n = 0;

	cr_assert_eq(tids_each(getpid(), count_self, &n), 0);
	cr_assert_eq(n, 1);
	cr_assert_eq(tids_each(getpid(), stop_at_once, NULL), -EINTR);
	n = 0;
	cr_assert_eq(tids_each(0x3fffffff, count_self, &n), 0);
	cr_assert_eq(n, 0);
}

static void comm_of(char *comm, int n)
{
	memset(comm, 0, COMM_SIZE);
	snprintf(comm, COMM_SIZE, "thread-%d", n);
}

/* More threads than fit at first, with collisions, and dropped in another order. */
Test(ftrace_comms, many_and_gone_again)
{
	struct comms *c = comms_new();
	char comm[COMM_SIZE];

	for (int tid = 1; tid <= 5000; tid++) {
		comm_of(comm, tid);
		comms_set(c, tid * 7, comm);
	}
	for (int tid = 2; tid <= 5000; tid += 2)
		comms_drop(c, tid * 7);
	comms_drop(c, 3);
	for (int tid = 1; tid <= 5000; tid++) {
		const char *got = comms_get(c, tid * 7);

		comm_of(comm, tid);
		if (tid % 2)
			cr_assert(got && !strcmp(got, comm), "%d: %s", tid, got ? got : "none");
		else
			cr_assert_null(got);
	}
	comms_free(c);
}

Test(ftrace_comms, a_name_that_changed_meanwhile_is_not_known)
{
	struct comms *c = comms_new();

	prctl(PR_SET_NAME, "before", 0, 0, 0);
	comms_scan(c);
	cr_assert_str_eq(comms_get(c, getpid()), "before");
	prctl(PR_SET_NAME, "after", 0, 0, 0);
	comms_scan(c);
	cr_assert_null(comms_get(c, getpid()));
	comms_free(c);
}
