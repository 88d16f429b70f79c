// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/cgroup_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mountinfo.h"
#include "core/base/util.h"

#define PATH_SIZE 4096

/* A task's line in /proc/PID/cgroup: "4:cpu,cpuacct:/a", "1:name=systemd:/b", "0::/c". */
struct line {
	char word[64]; /* the hierarchy's first controller or its name; "": version 2 */
	char path[PATH_SIZE];
};

static int mount_point(const char *word, char *out, size_t size)
{
	cleanup_mountinfo struct mountinfo info;
	struct mount m;

	mountinfo_open(&info, "");
	while (mountinfo_next(&info, &m)) {
		if (strcmp(m.type, *word ? "cgroup" : "cgroup2") != 0 ||
		    (*word && !mountinfo_list_has(m.options, word)))
			continue;
		if (!strcmp(m.root, "/") && snprintf(out, size, "%s", m.point) < (int)size)
			return 0;
	}
	return -ENOENT;
}

static int read_line(pid_t pid, int hierarchy, struct line *out)
{
	char file[32], text[PATH_SIZE + 64];
	cleanup_fclose FILE *f = NULL;

	if (pid)
		snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	else
		snprintf(file, sizeof(file), "/proc/self/cgroup");
	f = fopen(file, "re");
	while (f && fgets(text, sizeof(text), f)) {
		int number, list, n;
		const char *path;

		if (sscanf(text, "%d:%n", &number, &list) != 1 || number != hierarchy)
			continue;
		path = strchr(text + list, ':');
		if (!path)
			continue;
		n = (int)strcspn(text + list, ",:");
		if (snprintf(out->word, sizeof(out->word), "%.*s", n, text + list) >=
			    (int)sizeof(out->word) ||
		    snprintf(out->path, sizeof(out->path), "%s", path + 1) >=
			    (int)sizeof(out->path))
			return -ENAMETOOLONG;
		out->path[strcspn(out->path, "\n")] = '\0';
		return 0;
	}
	return -ENOENT;
}

int cgroup_dir_of(pid_t pid, int hierarchy, char *path, size_t size)
{
	char mount[PATH_SIZE];
	struct line line;
	int rc = read_line(pid, hierarchy, &line);

	if (!rc)
		rc = mount_point(line.word, mount, sizeof(mount));
	if (rc)
		return rc;
	/* The path of a cgroup outside of captrace's cgroup namespace begins with "/..". */
	if (!strncmp(line.path, "/..", 3))
		return -ENOENT;
	if (snprintf(path, size, "%s%s", mount, line.path) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}

int cgroup_dir_make(int hierarchy, const char *name, char *path, size_t size)
{
	char own[PATH_SIZE];
	int rc = cgroup_dir_of(0, hierarchy, own, sizeof(own));

	if (rc)
		return rc;
	if (snprintf(path, size, "%s/%s", own, name) >= (int)size)
		return -ENAMETOOLONG;
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

int cgroup_dir_enter(const char *path, pid_t pid)
{
	char file[PATH_SIZE + 16], text[16];
	cleanup_close int fd = -1;
	int n = snprintf(text, sizeof(text), "%d", (int)pid);

	if (snprintf(file, sizeof(file), "%s/cgroup.procs", path) >= (int)sizeof(file))
		return -ENAMETOOLONG;
	fd = open(file, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, text, (size_t)n) != n ? -errno : 0;
}

void cgroup_dir_sweep(int hierarchy, int (*is_stale)(const char *name))
{
	const struct dirent *d;
	char own[PATH_SIZE];
	DIR *dir;

	if (cgroup_dir_of(0, hierarchy, own, sizeof(own)))
		return;
	dir = opendir(own);
	while (dir && (d = readdir(dir)))
		if (d->d_type == DT_DIR && is_stale(d->d_name))
			unlinkat(dirfd(dir), d->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
}
