// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/util.h"

/* Deeper than any real tree. The walk ends there even if parents change while it runs. */
#define DEPTH_MAX 1024

int process_stat_open(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

const char *process_stat_read(int fd, char buf[PROCESS_STAT_MAX])
{
	ssize_t n = pread(fd, buf, PROCESS_STAT_MAX - 1, 0);
	const char *end;

	if (n < 0)
		return NULL;
	buf[n] = '\0';
	end = strrchr(buf, ')');
	errno = EBADMSG;
	return end && end[1] == ' ' ? end + 2 : NULL;
}

pid_t process_parent(pid_t pid)
{
	cleanup_close int fd = process_stat_open(pid);
	char buf[PROCESS_STAT_MAX];
	const char *stat = fd < 0 ? NULL : process_stat_read(fd, buf);
	int ppid;

	return stat && sscanf(stat, "%*c %d", &ppid) == 1 ? ppid : 0;
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
