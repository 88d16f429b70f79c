// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/new_file.h"

static char dir[] = "/tmp/captrace-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int files(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	cr_assert_not_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void set_up(void)
{
	cr_assert(mkdtemp(dir));
}

static void tear_down(void)
{
	unlink(in_dir("a"));
	rmdir(dir);
}

TestSuite(new_file, .init = set_up, .fini = tear_down);

Test(new_file, is_private_and_complete)
{
	struct err e = {0};
	struct stat st;

	cr_assert_eq(new_file_check(in_dir("a"), &e), 0, "%s", e.msg);
	cr_assert_eq(new_file_write(in_dir("a"), "text\n", 5, &e), 0, "%s", e.msg);
	cr_assert_eq(stat(in_dir("a"), &st), 0);
	cr_assert_eq(st.st_size, 5);
	cr_assert_eq(st.st_mode & 0777, 0600);
	cr_assert_eq(st.st_nlink, 1);
	cr_assert_eq(files(), 1);
}

static void forbid(int call, int error)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	cr_assert(ctx);
	cr_assert_eq(seccomp_rule_add(ctx, SCMP_ACT_ERRNO(error), call, 0), 0);
	cr_assert_eq(seccomp_load(ctx), 0);
	seccomp_release(ctx);
}

static void check_written(void)
{
	struct err e = {0};
	struct stat st;

	cr_assert_eq(new_file_write(in_dir("a"), "text\n", 5, &e), 0, "%s", e.msg);
	cr_assert_eq(stat(in_dir("a"), &st), 0);
	cr_assert_eq(st.st_size, 5);
	cr_assert_eq(files(), 1);
	cr_assert_eq(new_file_write(in_dir("a"), "other", 5, &e), -EEXIST);
	cr_assert_eq(files(), 1);
	unlink(in_dir("a"));
}

/* Like FAT, and then like FAT on a kernel before 3.15. */
Test(new_file, without_links)
{
	forbid(SCMP_SYS(link), EPERM);
	check_written();
	forbid(SCMP_SYS(renameat2), ENOSYS);
	check_written();
}

Test(new_file, replaces_nothing)
{
	struct err e = {0};
	struct stat st;

	cr_assert_eq(symlink("/nowhere/at/all", in_dir("a")), 0);
	cr_assert_eq(new_file_check(in_dir("a"), &e), -EEXIST);
	cr_assert(strstr(e.msg, "already exists"), "%s", e.msg);
	cr_assert_eq(new_file_write(in_dir("a"), "text", 4, &e), -EEXIST);
	cr_assert_eq(lstat(in_dir("a"), &st), 0);
	cr_assert(S_ISLNK(st.st_mode));
	cr_assert_eq(files(), 1);
}

Test(new_file, says_what_is_wrong)
{
	struct err e = {0};

	cr_assert_eq(new_file_check("", &e), -EINVAL);
	cr_assert_eq(new_file_check(in_dir("no/such"), &e), -ENOENT);
	cr_assert(strstr(e.msg, "no/such"), "%s", e.msg);
	cr_assert_eq(new_file_write(in_dir("no/such"), "", 0, &e), -ENOENT);
	cr_assert_eq(new_file_check("/dev/null/x", &e), -ENOTDIR);
}
