// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/kernfs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

uint64_t kernfs_id(const char *path)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} h = {.handle.handle_bytes = sizeof(uint64_t)};
	struct stat st;
	uint64_t id;
	int mount;

	if (!name_to_handle_at(AT_FDCWD, path, &h.handle, &mount, 0) &&
	    h.handle.handle_bytes == sizeof(id)) {
		memcpy(&id, h.handle.f_handle, sizeof(id));
		return id;
	}
	return stat(path, &st) ? 0 : st.st_ino;
}
