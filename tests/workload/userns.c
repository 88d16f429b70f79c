// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User namespaces: capabilities in a namespace do not apply in its parents, and a namespace's owner
 * has all capabilities in it.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "expect.h"
#include "topics.h"

/*
 * Enters a new user namespace. False, and reported, if this user may not create one. Makes no check
 * (but see user_namespaces(7)).
 */
static bool enter_userns(void)
{
	hold_ids();
	if (!unshare(CLONE_NEWUSER))
		return true;
	skip("unshare(CLONE_NEWUSER): %s", strerror(errno));
	return false;
}

static void ask_parent(uint32_t parent)
{
	expect(.syscall = "sethostname", .cap = CAP_SYS_ADMIN, .target = parent, .verdict = DENY);
	must_fail(EPERM, syscall(SYS_sethostname, "x", 1));
	/* As mount in `unshare -Urf mount -t tmpfs tmpfs /tmp`. */
	expect(.syscall = "mount", .cap = CAP_SYS_ADMIN, .target = parent, .verdict = DENY);
	must_fail(EPERM, mount("none", ".", "tmpfs", 0, NULL));
}

static void nested(void)
{
	uint32_t parent = own_userns();

	must(unshare(CLONE_NEWUSER));
	/* The outer user namespace owns the UTS and mount namespaces. */
	ask_parent(parent);
	must(ASK(CAP_SYS_CHROOT, chroot, "/"));
}

static void inside(void)
{
	if (!enter_userns())
		return;
	ask_parent(INIT_USERNS);
	must(ASK(CAP_SYS_CHROOT, chroot, "/"));
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWUTS));
	must(ASK(CAP_SYS_ADMIN, sethostname, "x", 1));
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWNS));
	must(ASK_SOME(CAP_SYS_ADMIN, mount, "none", ".", "tmpfs", 0, NULL));
	/* The scheduler checks in the initial namespace. */
	expect(.syscall = "setpriority", .cap = CAP_SYS_NICE, .target = INIT_USERNS,
	       .verdict = DENY);
	must_fail(EACCES, syscall(SYS_setpriority, 0, 0, -5));
}

static void write_once(const char *file, const char *text, const char *syscall_name)
{
	int fd;

	if (!strcmp(syscall_name, "openat")) /* proc_setgroups_open() */
		expect(.syscall = "openat", .cap = CAP_SYS_ADMIN);
	fd = must(syscall(SYS_openat, AT_FDCWD, file, O_WRONLY));
	if (!strcmp(syscall_name, "write")) /* map_write() */
		expect(.syscall = "write", .cap = CAP_SYS_ADMIN);
	must(write(fd, text, strlen(text)));
	close(fd);
}

static void mapped(void)
{
	unsigned int uid = getuid(), gid = getgid();
	char map[32];

	if (!enter_userns())
		return;
	/* captrace still has to show the ids in the initial namespace. */
	write_once("/proc/self/setgroups", "deny", "openat");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_once("/proc/self/uid_map", map, "write");
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_once("/proc/self/gid_map", map, "write");
	if (getuid() != 0)
		fail("not root in the new namespace");
	must(ASK(CAP_SYS_CHROOT, chroot, "/"));
	ask_parent(INIT_USERNS);
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWUTS | CLONE_NEWNS));
	in_child("nested", nested);
}

void topic_userns(void)
{
	in_child("inside", inside);
	in_child("mapped", mapped);
}

/* --- The owner -------------------------------------------------------------------------------- */

static void namespace_of_nobody(void)
{
	enter_userns();
	/* Like a process that never changed its ids; otherwise root would own /proc/PID. */
	prctl(PR_SET_DUMPABLE, 1);
}

static void owner(void)
{
	uint32_t child_ns;
	char path[64];
	pid_t pid;
	int fd;

	become_nobody();
	prctl(PR_SET_DUMPABLE, 1);
	pid = child_idle("owned", namespace_of_nobody);
	child_ns = userns_of(pid);
	if (child_ns == INIT_USERNS)
		goto out; /* enter_userns() has reported why */
	/* The ids match, so only cap_ptrace_access_check() checks: the user namespaces differ. */
	expect(.syscall = "readlinkat", .cap = CAP_SYS_PTRACE, .target = child_ns,
	       .verdict = ALLOW);

	/* open() makes no check; map_write() checks SYS_ADMIN in the namespace. */
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	fd = must(open(path, O_WRONLY));
	expect(.syscall = "write", .cap = CAP_SYS_ADMIN, .target = child_ns, .verdict = ALLOW);
	must_fail(EINVAL, write(fd, "x", 1));
	close(fd);

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	expect(.syscall = "openat", .cap = CAP_SYS_PTRACE, .target = child_ns, .verdict = ALLOW);
	fd = must(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY));
	expect(.syscall = "setns", .cap = CAP_SYS_ADMIN, .target = child_ns, .verdict = ALLOW);
	hold_ids();
	must(syscall(SYS_setns, fd, CLONE_NEWUSER));
	must(ASK(CAP_SYS_CHROOT, chroot, "/"));
out:
	child_stop(pid);
}

void topic_owner(void)
{
	in_child("owner", owner);
}
