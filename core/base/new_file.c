// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/new_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/util.h"

/* The folder of @path with its slash; "" for the current one. */
static int folder_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	int len = slash ? (int)(slash - path) + 1 : 0;

	return snprintf(buf, size, "%.*s", len, path) < (int)size ? 0 : -ENAMETOOLONG;
}

int new_file_check(const char *path, struct err *e)
{
	char dir[PATH_MAX];
	struct stat st;
	int rc = folder_of(path, dir, sizeof(dir));

	if (!*path)
		return err_set(e, -EINVAL, "the file name is empty");
	if (rc)
		return err_sys(e, rc, "'%s'", path);
	if (!lstat(path, &st))
		return err_set(e, -EEXIST, "'%s' already exists; give the name of a new file",
			       path);
	if (errno != ENOENT || access(*dir ? dir : ".", W_OK | X_OK))
		return err_sys(e, -errno, "'%s'", path);
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		data += MAX(n, 0);
		len -= (size_t)MAX(n, 0);
	}
	return fsync(fd) && errno != EINVAL && errno != EROFS ? -errno : 0;
}

/* Creates an empty file @path, which exists for a moment, and replaces it by @tmp. */
static int take_name(const char *tmp, const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return -errno;
	close(fd);
	if (!rename(tmp, path))
		return 0;
	rc = -errno;
	unlink(path);
	return rc;
}

/*
 * Never replaces a file: link() refuses to. Where there are no hard links (FAT), renameat2() can be
 * told to refuse, too, from 3.15 on.
 */
static int give_name(const char *tmp, const char *path)
{
	if (!link(tmp, path)) {
		unlink(tmp);
		return 0;
	}
	if (errno == EEXIST)
		return -EEXIST;
	if (!renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE))
		return 0;
	return errno == ENOSYS || errno == EINVAL ? take_name(tmp, path) : -errno;
}

int new_file_write(const char *path, const void *data, size_t len, struct err *e)
{
	char tmp[PATH_MAX + 32];
	int rc = new_file_check(path, e), fd;

	if (rc)
		return rc;
	folder_of(path, tmp, PATH_MAX);
	strcat(tmp, ".captrace-XXXXXX");
	fd = mkostemp(tmp, O_CLOEXEC); /* O_EXCL, with mode 0600 */
	if (fd < 0)
		return err_sys(e, -errno, "'%s'", path);
	rc = write_all(fd, data, len);
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc)
		rc = give_name(tmp, path);
	if (!rc)
		return 0;
	unlink(tmp);
	return err_sys(e, rc, "'%s'", path);
}
