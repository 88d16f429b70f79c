// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/hierarchy.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/kernfs.h"
#include "core/base/mountinfo.h"
#include "core/base/util.h"

#define DEPTH_MAX 64

/* include/linux/exportfs.h; kernfs used the second one before 5.5 (33c5ac9175195). */
#define FILEID_KERNFS    0xfe
#define FILEID_INO32_GEN 1

/* A file handle from kernfs, as name_to_handle_at() gives it: the file's id. */
union id_handle {
	struct file_handle handle;
	char room[sizeof(struct file_handle) + sizeof(uint64_t)];
};

struct mounts {
	char v2[256];
	/* Version 1: the mount point of each controller or name, in the order of `wanted`. */
	char v1[8][256];
};

/*
 * Where to look up a task in version 1, best first. systemd's own hierarchy has its units and what
 * runs under them; without systemd nothing has to fill that hierarchy, but every runtime limits
 * pids.
 */
static const char *const with_systemd[] = {
	"name=systemd", "pids", "memory", "devices", "freezer", "cpu", NULL,
};

static const char *const without_systemd[] = {
	"pids", "memory", "devices", "freezer", "cpu", "name=systemd", NULL,
};

static void add_mount(struct mounts *m, const struct mount *mount, const char *const *wanted)
{
	/* If only a part of a hierarchy is mounted, it would be taken for the whole. */
	if (strcmp(mount->root, "/") != 0)
		return;
	if (strlen(mount->point) >= sizeof(m->v2))
		return;
	if (!strcmp(mount->type, "cgroup2") && !m->v2[0])
		strcpy(m->v2, mount->point);
	for (size_t i = 0; !strcmp(mount->type, "cgroup") && wanted[i]; i++)
		if (mountinfo_list_has(mount->options, wanted[i]) && !m->v1[i][0])
			strcpy(m->v1[i], mount->point);
}

static int read_mounts(const char *root, const char *const *wanted, struct mounts *m)
{
	cleanup_mountinfo struct mountinfo info;
	struct mount mount;
	int rc = mountinfo_open(&info, root);

	while (mountinfo_next(&info, &mount))
		add_mount(m, &mount, wanted);
	return rc;
}

/* The number of the hierarchy that has @controller: "8:pids:/", "4:cpu,cpuacct:/x". */
static int hierarchy_number(const char *root, const char *controller)
{
	cleanup_fclose FILE *f = NULL;
	cleanup_free char *line = NULL;
	char path[512];
	size_t room = 0;
	int number, at;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		char *end;

		if (sscanf(line, "%d:%n", &number, &at) != 1)
			continue;
		end = strchr(line + at, ':');
		if (!end)
			continue;
		*end = '\0';
		if (mountinfo_list_has(line + at, controller))
			return number;
	}
	return 0;
}

/*
 * Whether version 2 has the controllers that limit containers and units. Without them it only
 * groups processes, and runtimes may not use it.
 */
static bool v2_has_controllers(const char *root, const char *point)
{
	cleanup_fclose FILE *f = NULL;
	char path[1024], list[512];

	snprintf(path, sizeof(path), "%s%s/cgroup.controllers", root, point);
	f = fopen(path, "re");
	return f && fgets(list, sizeof(list), f) &&
	       (mountinfo_list_has(list, "pids") || mountinfo_list_has(list, "memory") ||
		mountinfo_list_has(list, "cpu"));
}

int hierarchy_find(struct hierarchy *h, const char *root, struct err *e)
{
	const char *const *wanted = without_systemd;
	struct mounts m = {0};
	char path[512];
	int rc;

	memset(h, 0, sizeof(*h));
	snprintf(path, sizeof(path), "%s/run/systemd/system", root); /* sd_booted(3) */
	if (!access(path, F_OK))
		wanted = with_systemd;
	rc = read_mounts(root, wanted, &m);
	if (rc)
		return err_sys(e, rc, "/proc/self/mountinfo");
	if (m.v2[0])
		snprintf(h->v2, sizeof(h->v2), "%s", m.v2);
	if (m.v2[0] && v2_has_controllers(root, m.v2))
		return 0;
	for (size_t i = 0; wanted[i]; i++) {
		int number = m.v1[i][0] ? hierarchy_number(root, wanted[i]) : 0;

		if (!number)
			continue;
		h->chosen.v1 = number;
		h->chosen.controller = strchr(wanted[i], '=') ? NULL : wanted[i];
		h->chosen.v1_alone = !m.v2[0];
		snprintf(h->v1, sizeof(h->v1), "%s", m.v1[i]);
		snprintf(path, sizeof(path), "%s%s", root, m.v1[i]);
		h->chosen.v1_root = hierarchy_key(path, false);
		return 0;
	}
	return m.v2[0] ? 0 : err_set(e, -ENOENT, "no cgroup hierarchy is mounted");
}

/* 0, or -1 with errno set. */
static int handle_of(const char *path, union id_handle *h)
{
	int mount;

	h->handle.handle_bytes = sizeof(uint64_t);
	return name_to_handle_at(AT_FDCWD, path, &h->handle, &mount, 0);
}

uint64_t hierarchy_key(const char *path, bool v1)
{
	uint64_t id = kernfs_id(path);

	return id ? id | (v1 ? CGROUP_KEY_V1 : 0) : 0;
}

/* The path of the folder @fd below @mount; -ENOENT if it lies outside. */
static int path_of_fd(int fd, const char *mount, char *buf, size_t size)
{
	char link[64], path[CGROUP_PATH_SIZE + 256];
	size_t len = strlen(mount);
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	if (strncmp(path, mount, len) != 0 || (path[len] && path[len] != '/'))
		return -ENOENT;
	return snprintf(buf, size, "%s", path[len] ? path + len : "/") < (int)size ? 0
										   : -ENAMETOOLONG;
}

struct scan {
	hierarchy_fn fn;
	void *arg;
	bool v1;
	int count;
	size_t mount_len;
	char path[CGROUP_PATH_SIZE + 256];
};

static void scan_dir(struct scan *s, size_t len, int depth)
{
	uint64_t key = hierarchy_key(s->path, s->v1);
	const struct dirent *d;
	DIR *dir;

	if (!key)
		return;
	s->count++;
	s->fn(s->arg, key, s->path[s->mount_len] ? s->path + s->mount_len : "/");
	dir = depth < DEPTH_MAX ? opendir(s->path) : NULL;
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		size_t n = strlen(d->d_name);

		if (d->d_type != DT_DIR || !strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    len + n + 2 > sizeof(s->path))
			continue;
		s->path[len] = '/';
		memcpy(s->path + len + 1, d->d_name, n + 1);
		scan_dir(s, len + 1 + n, depth + 1);
		s->path[len] = '\0';
	}
	closedir(dir);
}

static const char *mount_of(const struct hierarchy *h, bool v1)
{
	return v1 ? h->v1 : h->v2;
}

int hierarchy_folder(const struct hierarchy *h, bool v1, const char *path, char *buf, size_t size)
{
	const char *mount = mount_of(h, v1);

	if (!mount[0])
		return -ENOENT;
	return snprintf(buf, size, "%s%s", mount, path[1] ? path : "") < (int)size ? 0
										   : -ENAMETOOLONG;
}

int hierarchy_scan_below(const struct hierarchy *h, bool v1, const char *path, hierarchy_fn fn,
			 void *arg)
{
	struct scan s = {.fn = fn, .arg = arg, .v1 = v1, .mount_len = strlen(mount_of(h, v1))};

	if (!hierarchy_folder(h, v1, path, s.path, sizeof(s.path)))
		scan_dir(&s, strlen(s.path), 0);
	return s.count;
}

struct wanted {
	uint64_t key;
	char *buf;
	size_t size;
	int rc;
};

static void compare_key(void *arg, uint64_t key, const char *path)
{
	struct wanted *w = arg;

	if (key == w->key && w->rc == -ENOENT)
		w->rc = snprintf(w->buf, w->size, "%s", path) < (int)w->size ? 0 : -ENAMETOOLONG;
}

/* Before 4.14 kernfs has no file handles, and every cgroup has to be looked at. */
static bool has_handles(const char *mount)
{
	union id_handle h;

	return !handle_of(mount, &h) || (errno != EOPNOTSUPP && errno != ENOSYS);
}

int hierarchy_path(const struct hierarchy *h, uint64_t key, char *buf, size_t size)
{
	static const int types[] = {FILEID_KERNFS, FILEID_INO32_GEN};
	bool v1 = key & CGROUP_KEY_V1;
	const char *mount = mount_of(h, v1);
	union id_handle handle;
	cleanup_close int dir = mount[0] ? open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct wanted w = {.key = key, .buf = buf, .size = size, .rc = -ENOENT};
	uint64_t id = key & ~CGROUP_KEY_V1;

	if (dir < 0)
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		cleanup_close int fd = -1;

		handle.handle.handle_bytes = sizeof(id);
		handle.handle.handle_type = types[i];
		memcpy(handle.handle.f_handle, &id, sizeof(id));
		fd = open_by_handle_at(dir, &handle.handle, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			return path_of_fd(fd, mount, buf, size);
	}
	if (!has_handles(mount))
		hierarchy_scan_below(h, v1, "/", compare_key, &w);
	return w.rc;
}

int hierarchy_scan(const struct hierarchy *h, hierarchy_fn fn, void *arg)
{
	return hierarchy_scan_below(h, true, "/", fn, arg) +
	       hierarchy_scan_below(h, false, "/", fn, arg);
}

/* Strips the longest cgroup mount point that is @path or contains it. */
const char *hierarchy_strip(const char *path)
{
	cleanup_mountinfo struct mountinfo info;
	struct mount mount;
	size_t longest = 0;

	mountinfo_open(&info, "");
	while (mountinfo_next(&info, &mount)) {
		size_t len = strlen(mount.point);

		if (!strncmp(mount.type, "cgroup", 6) && !strncmp(path, mount.point, len) &&
		    (!path[len] || path[len] == '/'))
			longest = MAX(longest, len);
	}
	return path[longest] ? path + longest : "/";
}
