// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/cgroup_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util.h"

/* "… /sys/fs/cgroup rw,… - cgroup2 cgroup2 rw": the fifth field. */
static int mount_point(char *out, size_t size)
{
	cleanup_fclose FILE *f = fopen("/proc/self/mountinfo", "re");
	cleanup_free char *line = NULL;
	size_t room = 0;
	char root[256];

	while (f && getline(&line, &room, f) > 0) {
		if (!strstr(line, " - cgroup2 "))
			continue;
		if (size >= 4096 && sscanf(line, "%*s %*s %*s %255s %4000s", root, out) == 2 &&
		    !strcmp(root, "/"))
			return 0;
	}
	return -ENOENT;
}

int cgroup_dir_of(pid_t pid, char *path, size_t size)
{
	char file[32], line[4096], mount[4096];
	cleanup_fclose FILE *f = NULL;

	if (pid)
		snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	else
		snprintf(file, sizeof(file), "/proc/self/cgroup");
	f = fopen(file, "re");
	if (!f || mount_point(mount, sizeof(mount)))
		return -ENOENT;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		/* Outside of our cgroup namespace it begins with "/..". */
		if (!strncmp(line + 3, "/..", 3))
			return -ENOENT;
		if (snprintf(path, size, "%s%s", mount, line + 3) >= (int)size)
			return -ENAMETOOLONG;
		return 0;
	}
	return -ENOENT;
}

int cgroup_dir_make(const char *name, char *path, size_t size)
{
	char own[4096];
	int rc = cgroup_dir_of(0, own, sizeof(own));

	if (rc)
		return rc;
	if (snprintf(path, size, "%s/%s", own, name) >= (int)size)
		return -ENAMETOOLONG;
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

void cgroup_dir_sweep(int (*is_stale)(const char *name))
{
	const struct dirent *d;
	char own[4096];
	DIR *dir;

	if (cgroup_dir_of(0, own, sizeof(own)))
		return;
	dir = opendir(own);
	while (dir && (d = readdir(dir)))
		if (d->d_type == DT_DIR && is_stale(d->d_name))
			unlinkat(dirfd(dir), d->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
}
