// SPDX-License-Identifier: GPL-2.0-or-later
/* System administration calls, most with arguments that the kernel rejects after the check. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

/* From linux/mount.h, which conflicts with sys/mount.h in some C libraries. */
enum { CONFIG_CREATE = 6, MOVE_F_EMPTY_PATH = 4 };

static void system_wide(void)
{
	struct timex tick = {.modes = ADJ_TICK, .tick = 0};

	ASK(CAP_SYS_TIME, settimeofday, NULL, NULL);
	must_fail(EINVAL, ASK(CAP_SYS_TIME, adjtimex, &tick));
	must_fail(EINVAL, ASK(CAP_SYSLOG, syslog, 2, NULL, 0));
	must_fail(EINVAL, ASK(CAP_SYS_BOOT, reboot, 0, 0, 0, NULL));
	/* Newer kernels look up the paths before the check. */
	ASK(CAP_SYS_ADMIN, pivot_root, ".", ".");
	must_fail(EINVAL, ASK(CAP_SETPCAP, prctl, PR_CAPBSET_DROP, 9999, 0, 0, 0));
	ASK(CAP_SYS_RESOURCE, prctl, PR_SET_MM, 9999, 0, 0, 0);
	must(ASK(CAP_WAKE_ALARM, timerfd_create, CLOCK_REALTIME_ALARM, 0));

	ASK_IF_THERE(CAP_SYS_PACCT, acct, NULL);
	ASK_IF_THERE(CAP_SYS_ADMIN, swapon, "no", 0);
	ASK_IF_THERE(CAP_SYS_ADMIN, swapoff, "no");
	ASK_IF_THERE(CAP_SYS_MODULE, init_module, NULL, 0, "");
	ASK_IF_THERE(CAP_SYS_MODULE, finit_module, -1, "", 0);
	ASK_IF_THERE(CAP_SYS_MODULE, delete_module, "no-such-module", O_NONBLOCK);
	ASK_IF_THERE(CAP_SYS_BOOT, kexec_load, 0, 0, NULL, 0xffffL);
#ifdef SYS_ioperm
	ASK_IF_THERE(CAP_SYS_RAWIO, ioperm, 0x80, 1, 1);
#endif
}

static void hangup(void)
{
	must(setsid()); /* drop the controlling terminal, which would be hung up */
	ASK(CAP_SYS_TTY_CONFIG, vhangup);
}

static void new_mount_api(void)
{
#if defined(SYS_fsopen) && defined(SYS_move_mount)
	int fs, mnt;

	must(mkdir("mnt", 0755));
	fs = ASK_IF_THERE(CAP_SYS_ADMIN, fsopen, "tmpfs", 0);
	if (fs < 0)
		return;
	must(ASK(CAP_SYS_ADMIN, fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0));
	mnt = must(ASK(CAP_SYS_ADMIN, fsmount, fs, 0, 0));
	must(ASK(CAP_SYS_ADMIN, move_mount, mnt, "", AT_FDCWD, "mnt", MOVE_F_EMPTY_PATH));
	must(ASK(CAP_SYS_ADMIN, umount2, "mnt", MNT_DETACH));
#else
	skip("fsopen: not known to this C library");
#endif
}

static void namespaces(void)
{
	pid_t pid;
	int fd;

	fd = must(open("/proc/self/ns/uts", O_RDONLY));
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWUTS));
	/* Checks in the namespace's owning user namespace and in the caller's own. */
	must(ASK_SOME(CAP_SYS_ADMIN, setns, fd, CLONE_NEWUTS));
	expect(.syscall = "clone", .cap = CAP_SYS_ADMIN);
	pid = must(syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, NULL, NULL, NULL, NULL));
	if (!pid) {
		task_name("cloned");
		must(ASK(CAP_SYS_ADMIN, sethostname, "x", 1));
		_exit(0);
	}
	child_wait(pid);
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWIPC));
}

void topic_admin(void)
{
	in_child("system", system_wide);
	in_child("hangup", hangup);
	in_child("mount", new_mount_api);
	in_child("namespaces", namespaces);
}
