// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/tracedir.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <tracefs.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mountinfo.h"
#include "core/base/util.h"

struct tracedir {
	char path[PATH_MAX];
	bool own; /* mounted in a mount namespace of captrace's own */
};

static bool has_events(const char *path)
{
	char file[PATH_MAX + 8];

	snprintf(file, sizeof(file), "%s/events", path);
	return !access(file, F_OK);
}

static bool find_mounted(struct tracedir *t, const char *type, const char *below)
{
	cleanup_mountinfo struct mountinfo info;
	char path[PATH_MAX];
	struct mount m;
	bool found;

	mountinfo_open(&info, "");
	while (mountinfo_next(&info, &m)) {
		if (strcmp(m.type, type) != 0 ||
		    snprintf(path, sizeof(path), "%s%s", m.point, below) >= (int)sizeof(path))
			continue;
		found = has_events(path);
		/* If no mount is accessible, the first that is not will be named in the error. */
		if (found || (errno == EACCES && !*t->path))
			memcpy(t->path, path, sizeof(path));
		if (found)
			return true;
	}
	return false;
}

/*
 * Mounts it in a new mount namespace, which still receives later mounts of the old one. A detached
 * mount (fsmount) would not do, because libtracefs searches /proc/mounts.
 */
static int mount_own(struct tracedir *t)
{
	static const struct {
		const char *type, *point, *path;
	} ways[] = {
		{"tracefs", "/sys/kernel/tracing", "/sys/kernel/tracing"},
		{"debugfs", "/sys/kernel/debug", "/sys/kernel/debug/tracing"},
	};
	int rc = -ENOENT;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (mount(ways[i].type, ways[i].point, ways[i].type, 0, NULL)) {
			rc = -errno;
			continue;
		}
		snprintf(t->path, sizeof(t->path), "%s", ways[i].path);
		t->own = has_events(t->path);
		if (t->own)
			return 0;
	}
	return rc;
}

static int find(struct tracedir *t, struct err *e)
{
	int rc;

	if (find_mounted(t, "tracefs", "") || find_mounted(t, "debugfs", "/tracing"))
		return 0;
	rc = mount_own(t);
	if (!rc) {
		log_verbose("tracefs was not mounted: captrace mounted it for its own processes "
			    "only");
		return 0;
	}
	if ((rc == -EPERM || rc == -EACCES) && *t->path)
		return err_set(e, -EACCES,
			       "no access to %s: run captrace as root, or mount tracefs so that "
			       "this user has access",
			       t->path);
	if (rc == -EPERM || rc == -EACCES)
		return err_set(e, -EPERM,
			       "tracefs is not mounted, and captrace may not mount it (needs "
			       "CAP_SYS_ADMIN): mount -t tracefs nodev /sys/kernel/tracing");
	if (rc == -ENOENT && access("/sys/kernel", F_OK))
		return err_set(e, rc,
			       "neither tracefs nor sysfs, where it belongs, is mounted: mount -t "
			       "sysfs nodev /sys");
	if (rc == -ENODEV || rc == -ENOENT)
		return err_set(e, -ENOENT, "this kernel has no tracefs (needs CONFIG_TRACING)");
	return err_sys(e, rc, "tracefs is not mounted, and mounting it failed");
}

static int check_access(struct tracedir *t, struct err *e)
{
	char events[PATH_MAX + 8];

	snprintf(events, sizeof(events), "%s/events", t->path);
	if (access(events, R_OK | X_OK))
		return err_sys(e, -errno,
			       "%s (run captrace as root, or mount tracefs so that this user has "
			       "access)",
			       events);
	return tracefs_set_tracing_dir(t->path) ? err_sys(e, -ENOMEM, "tracefs") : 0;
}

static int new_at(struct tracedir **out, const char *path, struct err *e)
{
	struct tracedir *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return err_sys(e, -ENOMEM, "tracefs");
	if (path)
		snprintf(t->path, sizeof(t->path), "%s", path);
	rc = path ? 0 : find(t, e);
	if (!rc)
		rc = check_access(t, e);
	if (rc) {
		tracedir_close(t);
		return rc;
	}
	*out = t;
	return 0;
}

int tracedir_open(struct tracedir **out, struct err *e)
{
	return new_at(out, NULL, e);
}

int tracedir_open_at(struct tracedir **out, const char *path, struct err *e)
{
	return new_at(out, path, e);
}

/* A mount of captrace's own ends with the last process in its mount namespace. */
void tracedir_close(struct tracedir *t)
{
	free(t);
}

bool tracedir_is_own(const struct tracedir *t)
{
	return t->own;
}

const char *tracedir_path(const struct tracedir *t)
{
	return t->path;
}

int tracedir_read(const struct tracedir *t, char *buf, size_t size, const char *fmt, ...)
{
	cleanup_close int fd = -1;
	char path[PATH_MAX + 256];
	size_t len = 0;
	va_list ap;
	ssize_t n = 0;
	int at;

	at = snprintf(path, sizeof(path), "%s/", t->path);
	va_start(ap, fmt);
	vsnprintf(path + at, sizeof(path) - (size_t)at, fmt, ap);
	va_end(ap);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* A read of some files in tracefs returns only a part. */
	while (len + 1 < size && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	return n < 0 ? -errno : (int)len;
}
