// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of other credentials than the task's own: captrace has to show those that were checked. */
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "expect.h"
#include "topics.h"

static struct creds own_creds(void)
{
	return (struct creds){getuid(), getgid(), own_caps(), own_userns()};
}

/*
 * access() by root checks credentials with the whole permitted set, even if less is effective
 * (access_override_creds()). step_suid() has the opposite case.
 */
static void access_permitted(void)
{
	struct creds permitted = own_creds();

	make_file("secret", 0);
	set_effective(CAP_DAC_OVERRIDE, 0);
	expect(.syscall = "faccessat", .cap = CAP_DAC_OVERRIDE, .creds = &permitted);
	must(syscall(SYS_faccessat, AT_FDCWD, "secret", W_OK));
	must_fail(EACCES, ASK(CAP_DAC_OVERRIDE, openat, AT_FDCWD, "secret", O_WRONLY));
}

static void own_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		skip("unshare(CLONE_NEWUSER): %s", strerror(errno));
}

static int map_fd;
static uint32_t map_ns;
static struct creds opener;

/* file_ns_capable() checks the credentials of the file's opener. */
static void write_opened(void)
{
	become_nobody();
	expect(.syscall = "write", .cap = CAP_SYS_ADMIN, .target = map_ns, .verdict = ALLOW,
	       .creds = &opener);
	must_fail(EINVAL, write(map_fd, "x", 1));
}

static void file_creds(void)
{
	char path[64];
	pid_t pid;

	pid = child_idle("owned", own_namespace);
	opener = own_creds();
	map_ns = userns_of(pid);
	if (map_ns == INIT_USERNS) { /* own_namespace() has reported why */
		child_stop(pid);
		return;
	}
	/* cap_ptrace_access_check() checks, because the child is in another user namespace. */
	expect(.syscall = "readlinkat", .cap = CAP_SYS_PTRACE, .target = map_ns, .verdict = ALLOW);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	map_fd = must(open(path, O_WRONLY));
	in_child("writer", write_opened);
	close(map_fd);
	child_stop(pid);
}

void topic_creds(void)
{
	in_child("access", access_permitted);
	in_child("file", file_creds);
}

/* --- overlayfs -------------------------------------------------------------------------------- */

static struct creds mounter;

/* nobody writes to a file of the lower layer, which is copied up with the mounter's credentials. */
static void copy_up(void)
{
	int fd;

	become_nobody();
	/* Kernels make different checks here; all are of the mounter's credentials. */
	expect(.syscall = "openat", .cap = CAP_ANY, .verdict = ALLOW, .repeat = true,
	       .creds = &mounter);
	fd = must(syscall(SYS_openat, AT_FDCWD, "merged/file", O_WRONLY));
	close(fd);
	must_fail(EPERM, ASK(CAP_CHOWN, fchownat, AT_FDCWD, "merged/file", NOBODY, -1, 0));
}

void topic_overlay(void)
{
	static const char *const dirs[] = {"layers", "layers/lower", "layers/upper", "layers/work",
					   "merged"};
	size_t i;
	int err;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		must(mkdir(dirs[i], 0755));
		/* The layers need a file system that is not an overlay and has trusted xattrs. */
		if (!i)
			must(ASK_SOME(CAP_SYS_ADMIN, mount, "none", dirs[0], "tmpfs", 0, NULL));
	}
	make_file("layers/lower/file", 0666);
	/*
	 * may_mount(), mount_capable(), then checks for xattrs, a whiteout and so on, with which
	 * overlayfs tests the upper layer; newer kernels make these with the credentials that
	 * overlayfs keeps.
	 */
	expect(.syscall = "mount", .cap = CAP_ANY, .verdict = ALLOW, .repeat = true,
	       .any_caps = true);
	err = mount("none", "merged", "overlay", 0,
		    "lowerdir=layers/lower,upperdir=layers/upper,workdir=layers/work");
	if (err < 0) {
		skip("overlayfs: %s", strerror(errno));
	} else {
		mounter = own_creds();
		/* ovl_fill_super() removes it from the credentials that it keeps. */
		mounter.caps &= ~(UINT64_C(1) << CAP_SYS_RESOURCE);
		in_child("nobody", copy_up);
		must(ASK(CAP_SYS_ADMIN, umount2, "merged", 0));
	}
	must(ASK(CAP_SYS_ADMIN, umount2, "layers", MNT_DETACH));
}
