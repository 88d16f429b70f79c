// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System calls whose kernel functions tail-call a common one (chown() calls do_fchownat()). The
 * stack does not tell them apart, the registers do.
 */
#include <linux/stat.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "expect.h"
#include "topics.h"

/* Numbers of calls newer than the C library's headers. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static void chowns(void)
{
	int fd;

	fd = must(open("file", O_RDWR));
#ifdef SYS_chown
	must(ASK(CAP_CHOWN, chown, "file", 2, -1));
	must(ASK(CAP_CHOWN, lchown, "link", 2, -1));
#endif
	must(ASK(CAP_CHOWN, fchown, fd, 3, -1));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", 4, -1, 0));
#ifdef SYS_chown32
	must(ASK(CAP_CHOWN, chown32, "file", 5, -1));
	must(ASK(CAP_CHOWN, lchown32, "link", 5, -1));
	must(ASK(CAP_CHOWN, fchown32, fd, 6, -1));
#endif
	/* One check for the user, one for the group. */
	must(ASK_SOME(CAP_CHOWN, fchownat, AT_FDCWD, "file", 7, 7, 0));
	must(ASK(CAP_CHOWN, fchown, fd, -1, 0));
	close(fd);
}

/* `file` belongs to another user and to root's group; with another group FSETID is checked, too. */
static void chmods(void)
{
	int fd;

	fd = must(open("file", O_RDONLY));
#ifdef SYS_chmod
	must(ASK(CAP_FOWNER, chmod, "file", 0640));
#endif
	must(ASK(CAP_FOWNER, fchmod, fd, 0644));
	must(ASK(CAP_FOWNER, fchmodat, AT_FDCWD, "file", 0640));
	/* With this group, setattr_prepare() and setattr_copy() below both check FSETID. */
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", -1, 7, 0));
	expect(.syscall = "fchmodat", .cap = CAP_FOWNER);
	expect(.syscall = "fchmodat", .cap = CAP_FSETID, .repeat = true);
	must(syscall(SYS_fchmodat, AT_FDCWD, "file", 0600));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "file", -1, 0, 0));
	/* Since 6.6. */
	ASK_IF_THERE(CAP_FOWNER, fchmodat2, AT_FDCWD, "file", 0640, 0);
	close(fd);
}

/* In one user's sticky directory, removing another user's files needs FOWNER. */
static void sticky(void)
{
	static const char *const names[] = {"one", "two", "three", "four"};
	size_t i;

	must(mkdir("sticky", 0755));
	must(chmod("sticky", 01777));
	must(chdir("sticky"));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		make_file(names[i], 0644);
		must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, names[i], 8, -1, 0));
	}
	must(mkdir("dir", 0755));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "dir", 8, -1, 0));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, ".", 9, -1, 0));

	must(ASK(CAP_FOWNER, unlinkat, AT_FDCWD, "one", 0));
	ASK_IF_THERE(CAP_FOWNER, renameat2, AT_FDCWD, "two", AT_FDCWD, "five", 0);
#ifdef SYS_unlink
	must(ASK(CAP_FOWNER, unlink, "three"));
	must(ASK(CAP_FOWNER, rename, "four", "six"));
	must(ASK(CAP_FOWNER, renameat, AT_FDCWD, "six", AT_FDCWD, "seven"));
	must(ASK(CAP_FOWNER, rmdir, "dir"));
#endif
}

static void opens(void)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = {.flags = O_RDONLY};

	make_file("shut", 0);
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "shut", 8, -1, 0));
#ifdef SYS_open
	must(ASK(CAP_DAC_READ_SEARCH, open, "shut", O_RDONLY));
	must(ASK(CAP_DAC_OVERRIDE, open, "shut", O_WRONLY));
	must(ASK(CAP_DAC_OVERRIDE, creat, "shut", 0600));
#endif
	must(ASK(CAP_DAC_READ_SEARCH, openat, AT_FDCWD, "shut", O_RDONLY));
	must(ASK(CAP_DAC_OVERRIDE, openat, AT_FDCWD, "shut", O_RDWR));
	ASK_IF_THERE(CAP_DAC_READ_SEARCH, openat2, AT_FDCWD, "shut", &how, sizeof(how));
#ifdef SYS_truncate
	must(ASK(CAP_DAC_OVERRIDE, truncate, "shut", 0));
#endif

	must(mkdir("private", 0700));
	must(ASK(CAP_CHOWN, fchownat, AT_FDCWD, "private", 8, -1, 0));
	/* A path walk may start over. */
	must_fail(ENOENT, ASK_SOME(CAP_DAC_READ_SEARCH, openat, AT_FDCWD, "private/no", O_RDONLY));
	expect(.syscall = "mkdirat", .cap = CAP_DAC_READ_SEARCH, .repeat = true);
	expect(.syscall = "mkdirat", .cap = CAP_DAC_OVERRIDE, .repeat = true);
	must(syscall(SYS_mkdirat, AT_FDCWD, "private/dir", 0755));
	must(ASK_SOME(CAP_DAC_READ_SEARCH, chdir, "private"));
}

static void nodes(void)
{
#ifdef SYS_mknod
	must(ASK(CAP_MKNOD, mknod, "null1", S_IFCHR | 0666, makedev(1, 3)));
#endif
	must(ASK(CAP_MKNOD, mknodat, AT_FDCWD, "null2", S_IFCHR | 0666, makedev(1, 3)));
	/* A FIFO needs no capability, so there is no check. */
	must(syscall(SYS_mknodat, AT_FDCWD, "fifo", S_IFIFO | 0600, 0));
}

void topic_paths(void)
{
	make_file("file", 0644);
	must(symlink("file", "link"));
	in_child("chown", chowns);
	in_child("chmod", chmods);
	in_child("sticky", sticky);
	in_child("open", opens);
	in_child("nodes", nodes);
}
