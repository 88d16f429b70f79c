/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the mounts that captrace sees: /proc/self/mountinfo, proc(5). */
#ifndef CAPTRACE_CORE_BASE_MOUNTINFO_H
#define CAPTRACE_CORE_BASE_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The strings have their octal escapes decoded, and are valid until the next mountinfo_next(). */
struct mount {
	const char *root;    /* the part of the file system that is mounted; "/": all of it */
	const char *point;   /* the mount point */
	const char *type;    /* of the file system */
	const char *options; /* of the superblock, such as "rw,pids" */
};

struct mountinfo {
	FILE *f;
	char *line;
	size_t room;
};

/*
 * @root: prefix of /proc, or "". Returns 0 or a negative errno; then there are no mounts to read.
 */
int mountinfo_open(struct mountinfo *m, const char *root);
void mountinfo_close(struct mountinfo *m);

/* Reads the next mount and skips lines that cannot be parsed; false at the end. */
bool mountinfo_next(struct mountinfo *m, struct mount *mount);

/* Parses @line, which is modified, into @mount. False if it is not a line of mountinfo. */
bool mountinfo_parse(char *line, struct mount *mount);

/* Whether @list, of one line and separated by commas or spaces, has the item @word. */
bool mountinfo_list_has(const char *list, const char *word);

#define cleanup_mountinfo __attribute__((cleanup(mountinfo_close)))

#endif
