// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/process_watch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_MS 20000

/* Behaves like a kernel before 5.3. */
static void forbid_pidfds(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	cr_assert(ctx);
	cr_assert_eq(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(pidfd_open), 0), 0);
	cr_assert_eq(seccomp_load(ctx), 0);
	seccomp_release(ctx);
}

static pid_t start(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	cr_assert(pid > 0);
	return pid;
}

/* Waits until the watch reports the end, or gives up after a long time. */
static bool ends(struct process_watch *w)
{
	struct pollfd p = {process_watch_fd(w), POLLIN, 0};
	bool ended = false;

	for (int i = 0; i < 100 && !ended && poll(&p, 1, LONG_MS) == 1; i++)
		ended = process_watch_ended(w);
	return ended;
}

static void check_two(void)
{
	pid_t pids[] = {start(), start()};
	struct process_watch *w;

	cr_assert_eq(process_watch_open(&w, pids, 2), 0);
	cr_assert_not(process_watch_ended(w));
	kill(pids[0], SIGKILL);
	waitpid(pids[0], NULL, 0);
	usleep(500000);
	cr_assert_not(process_watch_ended(w), "one is left");
	kill(pids[1], SIGKILL); /* it stays a zombie */
	cr_assert(ends(w));
	waitpid(pids[1], NULL, 0);
	process_watch_close(w);
}

static void *go_on(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* A process whose thread group leader has exited while another thread still runs. */
static pid_t start_without_leader(void)
{
	pid_t pid = fork();
	pthread_t thread;

	if (!pid) {
		pthread_create(&thread, NULL, go_on, NULL);
		syscall(SYS_exit, 0);
	}
	cr_assert(pid > 0);
	return pid;
}

static void check_leader(void)
{
	pid_t pid = start_without_leader();
	struct process_watch *w;

	cr_assert_eq(process_watch_open(&w, &pid, 1), 0);
	usleep(500000);
	cr_assert_not(process_watch_ended(w), "a thread still runs");
	kill(pid, SIGKILL);
	cr_assert(ends(w));
	waitpid(pid, NULL, 0);
	process_watch_close(w);
}

Test(process_watch, by_pidfd)
{
	check_two();
	check_leader();
}

Test(process_watch, without_pidfds)
{
	forbid_pidfds();
	check_two();
	check_leader();
}

static void check_gone(void)
{
	pid_t pid = start();
	struct process_watch *w;

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_assert_eq(process_watch_open(&w, &pid, 1), 0);
	cr_assert(process_watch_ended(w));
	process_watch_close(w);
}

Test(process_watch, gone_before)
{
	check_gone();
	forbid_pidfds();
	check_gone();
}
