// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/process_watch.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "core/base/process.h"
#include "core/base/util.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* 5.3, the same everywhere */
#endif

#define CHECK_NS 200000000
#define TIMER    UINT64_MAX /* epoll data of the timer; else it is the index of a process */

struct process_watch {
	int epoll, timer;
	size_t len, left;
	/* Each is a pidfd or an open /proc/PID/stat; -1: it has ended, or cannot be watched. */
	struct {
		int fd;
		bool is_stat;
	} procs[];
};

static int add(struct process_watch *w, int fd, uint64_t data)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = data};

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static void end(struct process_watch *w, size_t i)
{
	close(w->procs[i].fd);
	w->procs[i].fd = -1;
	w->left--;
}

/*
 * A thread group leader that has ended stays a zombie as long as another thread of the group runs.
 */
static bool stat_ended(int fd)
{
	char buf[PROCESS_STAT_MAX], state;
	const char *stat = process_stat_read(fd, buf);
	int threads;

	if (!stat)
		return errno == ESRCH;
	/* Fields 3 and 20 of the file (proc(5)): the state and the number of threads. */
	if (sscanf(stat, "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d",
		   &state, &threads) != 2)
		return false;
	return (state == 'Z' || state == 'X') && threads <= 1;
}

static int start_timer(struct process_watch *w)
{
	const struct itimerspec its = {{0, CHECK_NS}, {0, CHECK_NS}};

	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->timer < 0 || timerfd_settime(w->timer, 0, &its, NULL))
		return -errno;
	return add(w, w->timer, TIMER);
}

static int watch_one(struct process_watch *w, pid_t pid, size_t i)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	w->procs[i].fd = fd;
	if (fd >= 0)
		return add(w, fd, i);
	/*
	 * No pidfds: a kernel before 5.3, or a seccomp filter forbids them. A timer checks instead.
	 */
	w->procs[i].is_stat = errno != ESRCH;
	if (w->procs[i].is_stat)
		w->procs[i].fd = process_stat_open(pid);
	if (w->procs[i].fd >= 0)
		return w->timer < 0 ? start_timer(w) : 0;
	/* A process that exists but cannot be watched is never reported as ended. */
	if (kill(pid, 0) && errno == ESRCH)
		w->left--;
	return 0;
}

int process_watch_open(struct process_watch **out, const pid_t *pids, size_t len)
{
	struct process_watch *w = calloc(1, sizeof(*w) + len * sizeof(w->procs[0]));
	int rc = 0;

	*out = NULL;
	if (!w)
		return -ENOMEM;
	w->timer = -1;
	w->left = w->len = len;
	for (size_t i = 0; i < len; i++)
		w->procs[i].fd = -1;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		rc = -errno;
	for (size_t i = 0; i < len && !rc; i++)
		rc = watch_one(w, pids[i], i);
	if (rc)
		process_watch_close(w);
	else
		*out = w;
	return rc;
}

void process_watch_close(struct process_watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->len; i++)
		if (w->procs[i].fd >= 0)
			close(w->procs[i].fd);
	if (w->timer >= 0)
		close(w->timer);
	if (w->epoll >= 0)
		close(w->epoll);
	free(w);
}

int process_watch_fd(const struct process_watch *w)
{
	return w->epoll;
}

static void check_stats(struct process_watch *w)
{
	uint64_t ticks;

	if (read(w->timer, &ticks, sizeof(ticks)) < 0)
		return;
	for (size_t i = 0; i < w->len; i++)
		if (w->procs[i].is_stat && w->procs[i].fd >= 0 && stat_ended(w->procs[i].fd))
			end(w, i);
}

bool process_watch_ended(struct process_watch *w)
{
	struct epoll_event events[16];
	int n = epoll_wait(w->epoll, events, ARRAY_SIZE(events), 0);

	for (int i = 0; i < n; i++) {
		if (events[i].data.u64 == TIMER)
			check_stats(w);
		else
			end(w, events[i].data.u64);
	}
	return !w->left;
}
