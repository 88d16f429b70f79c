// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/calibrate/calibrate.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "compat/host/sysctl.h"
#include "core/base/err.h"
#include "core/base/util.h"

/* One more step: finds out whether the kernel knows the securebits of 6.14 (a5874fde3c08). */
#define ASK_SECUREBITS CALIB_STEPS

#define SECUREBITS_4_3  0xff  /* four bits, each with its lock */
#define SECUREBITS_6_14 0xfff /* and EXEC_RESTRICT_FILE, EXEC_DENY_INTERACTIVE, with their locks */

struct calibrator {
	pid_t pid;
	int ask, answer; /* pipes: one byte for each step, and an errno as the answer */
};

/* cap_prctl_drop() makes its check before it notices that there is no such capability. */
const uint64_t calibrator_audited_args[3] = {PR_CAPBSET_DROP, 9999, 0};

static int ask_audited(void)
{
	const uint64_t *args = calibrator_audited_args;

	prctl((int)args[0], (unsigned long)args[1], (unsigned long)args[2], 0UL, 0UL);
	return 0;
}

/*
 * Reading /proc/PID/stat calls ptrace_may_access() without audit, which checks SYS_PTRACE if the
 * task is not dumpable.
 */
static int ask_unaudited_by_stat(void)
{
	char path[32], buf[64];
	int ready[2], fd, rc = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 0);
		close(ready[1]);
		pause();
		_exit(0);
	}
	close(ready[1]);
	if (pid < 0) {
		rc = -errno;
	} else {
		if (read(ready[0], buf, 1) < 0)
			rc = -errno;
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
			rc = -EOPNOTSUPP;
		if (fd >= 0)
			close(fd);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close(ready[0]);
	return rc;
}

static int ask_unaudited(void)
{
	struct sock_fprog prog = {.len = 1, .filter = NULL};

	/* With no_new_privs a filter needs no capability, so that there is no check. */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return ask_unaudited_by_stat();
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
	return 0;
}

static int ask_capset(void)
{
	struct __user_cap_header_struct hdr = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &hdr, data) || syscall(SYS_capset, &hdr, data))
		return -EOPNOTSUPP;
	return 0;
}

static int ask_securebits(void)
{
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	if (bits < 0)
		return -EOPNOTSUPP;
	prctl(PR_SET_SECUREBITS, bits, 0, 0, 0);
	return 0;
}

static uint64_t read_mmap_min_addr(void)
{
	int64_t min;

	return sysctl_read("vm/mmap_min_addr", &min) ? (uint64_t)min : 0;
}

static int ask_mmap0(void)
{
	uint64_t min = read_mmap_min_addr(), page = (uint64_t)sysconf(_SC_PAGESIZE);
	void *p;

	if (!min)
		return -EOPNOTSUPP; /* the kernel never checks */
	p = mmap((void *)(uintptr_t)((min - 1) / page * page), page, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (p != MAP_FAILED)
		munmap(p, page);
	/* arm refuses addresses below FIRST_USER_ADDRESS before the check. */
	return p == MAP_FAILED && errno == EINVAL ? -EOPNOTSUPP : 0;
}

static int ask_overcommit(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -EOPNOTSUPP;
	munmap(p, 4096);
	return 0;
}

static int probe_securebits(void)
{
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	if (bits < 0)
		return -EOPNOTSUPP;
	/*
	 * Needs no privilege if the kernel knows the bit; otherwise the kernel always returns
	 * EPERM.
	 */
	return prctl(PR_SET_SECUREBITS, bits | 0x100, 0, 0, 0) ? -EOPNOTSUPP : 0;
}

static const struct {
	int (*act)(void);
	int cap, cap2; /* the capability that it checks, and an alternative; -1: none */
	unsigned int caller;
	int syscall;
} steps[] = {
	[CALIB_AUDITED] = {ask_audited, CAP_SETPCAP, -1, 0, SYS_prctl},
	[CALIB_UNAUDITED] = {ask_unaudited, CAP_SYS_ADMIN, CAP_SYS_PTRACE, 0, SYS_prctl},
	[CALIB_CAPSET] = {ask_capset, CAP_SETPCAP, -1, CALLER_CAPSET, SYS_capset},
	[CALIB_SECUREBITS] = {ask_securebits, CAP_SETPCAP, -1, CALLER_PRCTL, SYS_prctl},
#ifndef SYS_mmap2 /* where there are both, the C library uses mmap2 */
	[CALIB_MMAP0] = {ask_mmap0, CAP_SYS_RAWIO, -1, CALLER_MMAP_ADDR, SYS_mmap},
	[CALIB_OVERCOMMIT] = {ask_overcommit, CAP_SYS_ADMIN, -1, CALLER_OVERCOMMIT, SYS_mmap},
#else
	[CALIB_MMAP0] = {ask_mmap0, CAP_SYS_RAWIO, -1, CALLER_MMAP_ADDR, SYS_mmap2},
	[CALIB_OVERCOMMIT] = {ask_overcommit, CAP_SYS_ADMIN, -1, CALLER_OVERCOMMIT, SYS_mmap2},
#endif
	[ASK_SECUREBITS] = {probe_securebits, -1, -1, 0, SYS_prctl},
};

static void serve(int ask, int answer)
{
	unsigned char step;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(ask, &step, 1) == 1) {
		int rc = step < ARRAY_SIZE(steps) ? steps[step].act() : -EINVAL;

		if (write(answer, &rc, sizeof(rc)) != sizeof(rc))
			break;
	}
	_exit(0);
}

int calibrator_start(struct calibrator **out, struct err *e)
{
	struct calibrator *c = malloc(sizeof(*c));
	int ask[2], answer[2];

	if (!c)
		return err_sys(e, -ENOMEM, "calibration");
	if (pipe2(ask, O_CLOEXEC)) {
		free(c);
		return err_sys(e, -errno, "calibration: pipe");
	}
	if (pipe2(answer, O_CLOEXEC)) {
		int rc = -errno;

		close(ask[0]);
		close(ask[1]);
		free(c);
		return err_sys(e, rc, "calibration: pipe");
	}
	c->pid = fork();
	if (c->pid == 0) {
		close(ask[1]);
		close(answer[0]);
		serve(ask[0], answer[1]);
	}
	close(ask[0]);
	close(answer[1]);
	c->ask = ask[1];
	c->answer = answer[0];
	if (c->pid < 0) {
		int rc = -errno;

		calibrator_free(c);
		return err_sys(e, rc, "calibration: fork");
	}
	*out = c;
	return 0;
}

void calibrator_free(struct calibrator *c)
{
	if (!c)
		return;
	close(c->ask); /* the child exits at the end of file */
	close(c->answer);
	if (c->pid > 0)
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(c);
}

pid_t calibrator_pid(const struct calibrator *c)
{
	return c->pid;
}

int calibrator_syscall(enum calib_step step)
{
	return steps[step].syscall;
}

int calibrator_step(struct calibrator *c, enum calib_step step)
{
	unsigned char byte = step;
	int rc;

	/* A seccomp filter may have killed the child, which closed the pipe: SIGPIPE is ignored. */
	if (write(c->ask, &byte, 1) != 1 || read(c->answer, &rc, sizeof(rc)) != sizeof(rc))
		return -EOPNOTSUPP;
	return rc;
}

static enum opts_form form_of(enum calib_step step, uint32_t opts)
{
	if (step == CALIB_AUDITED)
		return opts == 1 ? OPTS_AUDIT : opts & 2 ? OPTS_UNKNOWN : OPTS_BITS;
	return opts & 2 ? OPTS_BITS : opts == 0 ? OPTS_AUDIT : OPTS_UNKNOWN;
}

static void judge_form(struct calibration *cal, enum calib_step step, uint32_t opts)
{
	enum opts_form form = form_of(step, opts);
	bool first = !cal->audited_seen && !cal->unaudited_seen;

	if (step == CALIB_AUDITED) {
		cal->audited_seen = true;
		cal->audited_opts = opts;
	} else {
		cal->unaudited_seen = true;
		cal->unaudited_opts = opts;
	}
	if (form == OPTS_UNKNOWN || (!first && form != cal->form))
		cal->conflict = true;
	cal->form = cal->conflict ? OPTS_UNKNOWN : form;
}

void calibration_judge(struct calibration *cal, enum calib_step step, int rc,
		       const struct calib_seen *seen, size_t len)
{
	const struct calib_seen *hit = NULL;

	for (size_t i = 0; i < len && !hit; i++)
		if (seen[i].cap == steps[step].cap || seen[i].cap == steps[step].cap2)
			hit = &seen[i];
	if (steps[step].caller) {
		if (!hit)
			*(rc ? &cal->unknown : &cal->inlined) |= steps[step].caller;
	} else if (hit) {
		judge_form(cal, step, hit->opts);
	}
}

void calibration_facts(struct calibration *cal, struct calibrator *c)
{
	cal->mmap_min_addr = read_mmap_min_addr();
	/* calibrator_step() takes an enum calib_step, although this one makes no check. */
	cal->securebits_mask = calibrator_step(c, (enum calib_step)ASK_SECUREBITS)
				       ? SECUREBITS_4_3
				       : SECUREBITS_6_14;
}

const char *callers_names(unsigned int callers, char *buf, size_t size)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{CALLER_CAPSET, "capset"},
		{CALLER_PRCTL, "prctl(PR_SET_SECUREBITS)"},
		{CALLER_MMAP_ADDR, "mmap of low addresses"},
		{CALLER_OVERCOMMIT, "overcommit"},
	};
	size_t n = 0;

	snprintf(buf, size, "none");
	for (size_t i = 0; i < ARRAY_SIZE(names) && n < size; i++)
		if (callers & names[i].bit)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "",
					      names[i].name);
	return buf;
}

const char *opts_form_name(enum opts_form form)
{
	switch (form) {
	case OPTS_AUDIT:
		return "audit flag (before 5.1)";
	case OPTS_BITS:
		return "option bits (5.1)";
	case OPTS_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *calibration_form(const struct calibration *cal, char *buf, size_t size)
{
	char audited[32] = "not seen", unaudited[32] = "not seen";

	if (cal->audited_seen)
		snprintf(audited, sizeof(audited), "%" PRIu32, cal->audited_opts);
	if (cal->unaudited_seen)
		snprintf(unaudited, sizeof(unaudited), "%" PRIu32, cal->unaudited_opts);
	snprintf(buf, size, "%s; values in captrace's own checks: audited %s, unaudited %s",
		 opts_form_name(cal->form), audited, unaudited);
	return buf;
}
