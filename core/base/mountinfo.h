/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that captrace sees: /proc/self/mountinfo, proc(5). */
#ifndef CAPTRACE_CORE_BASE_MOUNTINFO_H
#define CAPTRACE_CORE_BASE_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Strings without octal escapes, which live until the next mountinfo_next(). */
struct mount {
	const char *root;    /* what of the file system is mounted: "/" is all of it */
	const char *point;   /* where */
	const char *type;    /* of the file system */
	const char *options; /* of the superblock, as "rw,pids" */
};

struct mountinfo {
	FILE *f;
	char *line;
	size_t room;
};

/* @root: in front of /proc, or "". 0 or a negative errno: then it has no mounts. */
int mountinfo_open(struct mountinfo *m, const char *root);
void mountinfo_close(struct mountinfo *m);

/* The next line that can be read; false at the end. */
bool mountinfo_next(struct mountinfo *m, struct mount *mount);

/* Cuts @line, which is one of the file, into @mount. False if it isn't. */
bool mountinfo_parse(char *line, struct mount *mount);

#define cleanup_mountinfo __attribute__((cleanup(mountinfo_close)))

#endif
