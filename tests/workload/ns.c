// SPDX-License-Identifier: GPL-2.0-or-later
/* PID namespaces (captrace shows the ids of the initial one), mount namespaces, cgroups. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "expect.h"
#include "topics.h"

static void innermost(void)
{
	if (getpid() != 1)
		fail("not the first process of its namespace");
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
}

static void first(void)
{
	innermost();
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWPID));
	in_child("innermost", innermost);
	ASK(CAP_SYS_CHROOT, chroot, "/");
}

void topic_pidns(void)
{
	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWPID));
	in_child("first", first);
	ASK(CAP_SYS_CHROOT, chroot, "/");
}

static void new_mntns(void)
{
	uint32_t before = own_mntns();

	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWNS));
	if (own_mntns() == before)
		fail("the mount namespace is the same");
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	/* Keep the mounts below out of the other mount namespaces. */
	must(ASK(CAP_SYS_ADMIN, mount, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(ASK_SOME(CAP_SYS_ADMIN, mount, "none", ".", "tmpfs", 0, NULL));
	must(ASK(CAP_SYS_CHROOT, chroot, "."));
	ASK(CAP_SYS_NICE, setpriority, 0, 0, -1);
}

static void back(void)
{
	int fd = must(open("/proc/self/ns/mnt", O_RDONLY));

	must(ASK(CAP_SYS_ADMIN, unshare, CLONE_NEWNS));
	/* mntns_install(): SYS_ADMIN in the target's owner, SYS_CHROOT and SYS_ADMIN in ours. */
	expect(.syscall = "setns", .cap = CAP_SYS_ADMIN);
	expect(.syscall = "setns", .cap = CAP_SYS_CHROOT);
	expect(.syscall = "setns", .cap = CAP_SYS_ADMIN);
	must(syscall(SYS_setns, fd, CLONE_NEWNS));
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
}

void topic_mntns(void)
{
	in_child("unshare", new_mntns);
	in_child("setns", back);
}

/* --- cgroup v2 -------------------------------------------------------------------------------- */

/* bpf_get_current_cgroup_id() returns the first 8 bytes of the directory's handle. */
static uint64_t cgroup_id(const char *dir)
{
	struct {
		struct file_handle h;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = {.h.handle_bytes = MAX_HANDLE_SZ};
	uint64_t id;
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, dir, &handle.h, &mount_id, 0) < 0)
		return 0;
	if (handle.h.handle_bytes < sizeof(id))
		return 0;
	memcpy(&id, handle.h.f_handle, sizeof(id));
	return id;
}

static void write_text(const char *path, const char *text)
{
	int fd;

	fd = must(open(path, O_WRONLY));
	must(write(fd, text, strlen(text)));
	close(fd);
}

static char group[32]; /* unique to this run */

static void in_cgroup(void)
{
	char procs[64];

	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
	write_text(procs, "0");
	hold_cgroup(cgroup_id(group));
	ASK(CAP_SYS_ADMIN, sethostname, NULL, -1);
}

void topic_cgroup(void)
{
	must(mkdir("fs", 0755));
	expect(.syscall = "mount", .cap = CAP_SYS_ADMIN, .repeat = true);
	if (mount("none", "fs", "cgroup2", 0, NULL) < 0) {
		skip("cgroup2: %s", strerror(errno));
		return;
	}
	snprintf(group, sizeof(group), "fs/ct-workload-%d", (int)getpid());
	/* The root's mode is 0555. */
	must(ASK_SOME(CAP_DAC_OVERRIDE, mkdirat, AT_FDCWD, group, 0755));
	in_child("moved", in_cgroup);
	must(ASK_SOME(CAP_DAC_OVERRIDE, unlinkat, AT_FDCWD, group, AT_REMOVEDIR));
	must(ASK(CAP_SYS_ADMIN, umount2, "fs", 0));
}
