// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/pidns.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

uint32_t pidns_of(const char *pid)
{
	char path[NAME_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	return stat(path, &st) ? 0 : (uint32_t)st.st_ino;
}

uint32_t pidns_own(void)
{
	uint32_t ns = pidns_of("self");

	return ns ? ns : PIDNS_INIT_INO;
}

bool pidns_is_child(void)
{
	return pidns_own() != PIDNS_INIT_INO;
}

bool pidns_lives(uint32_t ns)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;
	bool found = !proc;

	while (!found && (d = readdir(proc)))
		found = d->d_name[0] >= '1' && d->d_name[0] <= '9' && pidns_of(d->d_name) == ns;
	if (proc)
		closedir(proc);
	return found;
}
