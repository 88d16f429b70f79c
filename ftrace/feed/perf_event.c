// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/perf_event.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "compat/host/sysctl.h"
#include "core/base/err.h"
#include "core/base/util.h"

#ifndef PERF_FLAG_FD_CLOEXEC
#define PERF_FLAG_FD_CLOEXEC 8 /* since 3.14 (a21b0b354d4a) */
#endif

int perf_event_create(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	int fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	/* Before 3.14 (a21b0b354d4a) the kernel does not know the flag. */
	if (fd < 0 && errno == EINVAL) {
		fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, 0);
		if (fd >= 0)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

int perf_event_explain(int rc, const char *what, struct err *e)
{
	int64_t paranoid = 0;

	switch (rc) {
	case -ENOSYS:
		return err_set(e, rc, "this kernel has no perf events (CONFIG_PERF_EVENTS)");
	case -EPERM:
	case -EACCES:
		sysctl_read("kernel/perf_event_paranoid", &paranoid);
		return err_set(e, rc,
			       "the kernel refuses perf_event_open: it requires CAP_PERFMON, or "
			       "CAP_SYS_ADMIN before Linux 5.8 or if kernel.perf_event_paranoid "
			       "(now %d) is above 2; a seccomp filter may also forbid it",
			       (int)paranoid);
	case -EMFILE:
		return err_set(e, rc, "perf: too many open files; raise the limit (ulimit -n)");
	default:
		return err_sys(e, rc, "perf: %s", what);
	}
}

void perf_event_raise_fd_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
}
