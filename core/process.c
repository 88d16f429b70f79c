// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "core/util.h"

/* Deeper than any real tree; a parent that changes while it is read can't make it endless. */
#define DEPTH_MAX 1024

pid_t process_parent(pid_t pid)
{
	char path[32], buf[512], *p;
	cleanup_close int fd = -1;
	ssize_t n;
	int ppid;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	/* The command name before it may hold any character. */
	p = strrchr(buf, ')');
	return p && sscanf(p + 1, " %*c %d", &ppid) == 1 ? ppid : 0;
}

static bool descends(pid_t pid, pid_t root)
{
	for (int depth = 0; pid > 1 && depth < DEPTH_MAX; depth++) {
		pid = process_parent(pid);
		if (pid == root)
			return true;
	}
	return false;
}

void process_descendants(pid_t root, void (*fn)(void *arg, pid_t pid), void *arg)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	if (!proc)
		return;
	while ((d = readdir(proc))) {
		pid_t pid = (pid_t)strtol(d->d_name, NULL, 10);

		if (pid > 1 && pid != root && descends(pid, root))
			fn(arg, pid);
	}
	closedir(proc);
}
