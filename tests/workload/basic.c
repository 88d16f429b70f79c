// SPDX-License-Identifier: GPL-2.0-or-later
/* Granted, denied, and root without the capability: calls with one check, whatever the verdict. */
#include <linux/prctl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "expect.h"
#include "topics.h"

/* Each of these makes exactly one check, granted or not, on all kernels. The caller owns `file`. */
static void ask_each(void)
{
	ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -5);
	/* The check comes before the length is tested. */
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	ASK(CAP_SYS_ADMIN, setdomainname, NULL, -1);
	ASK(CAP_SYS_CHROOT, chroot, "/");
	ASK_SETID(CAP_SETGID, setgroups, 0, NULL);
	/* Capability 0, which must not be mistaken for none. */
	ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", 12, -1, 0);
	ASK(CAP_SETPCAP, prctl, PR_CAPBSET_DROP, 9999, 0, 0, 0);
	ASK(CAP_SYS_BOOT, reboot, 0, 0, 0, NULL);
	/* Not a mount point: rejected only after the check. */
	ASK(CAP_SYS_ADMIN, umount2, ".", 0);
}

static void other_user(void)
{
	must(ASK_SETID(CAP_SETUID, setresuid, 13, 13, 13));
}

void topic_granted(void)
{
	pid_t other;

	make_file("file", 0644);
	ask_each();
	other = child_idle("other", other_user);
	must(ASK(CAP_KILL, kill, other, 0));
	child_stop(other);
	/* may_mount(), then mount_capable(). */
	must(ASK_SOME(CAP_SYS_ADMIN, mount, "none", ".", "tmpfs", 0, NULL));
	must(ASK(CAP_SYS_ADMIN, umount2, ".", MNT_DETACH));
}

static void as_nobody(void)
{
	become_nobody();
	make_file("file", 0644);
	ask_each();
	must_fail(EPERM, ASK(CAP_KILL, kill, 1, 0));
	must_fail(EPERM, ASK(CAP_SYS_ADMIN, mount, "none", ".", "tmpfs", 0, NULL));
}

void topic_denied(void)
{
	must(fchmodat(AT_FDCWD, ".", 0777, 0));
	in_child("nobody", as_nobody);
}

void topic_dropped(void)
{
	make_file("file", 0644);
	set_effective(CAP_SYS_NICE, 0);
	must_fail(EACCES, ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -5));
	set_effective(CAP_SYS_NICE, 1);
	must(ASK(CAP_SYS_NICE, setpriority, PRIO_PROCESS, 0, -4));
	set_effective(CAP_CHOWN, 0);
	must_fail(EPERM, ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", 12, -1, 0));
	set_effective(CAP_CHOWN, 1);
	set_effective(CAP_SYS_ADMIN, 0);
	must_fail(EPERM, ASK(CAP_SYS_ADMIN, sethostname, NULL, -1));
	/* The child inherits the effective set without SYS_ADMIN; its other sets still have it. */
	in_child("child", ask_each);
	set_effective(CAP_SYS_ADMIN, 1);
	must_fail(EINVAL, ASK(CAP_SYS_ADMIN, sethostname, NULL, -1));
}
