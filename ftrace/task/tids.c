// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/tids.h"

#include <dirent.h>
#include <stdbool.h>

#include "core/base/util.h"

struct seen {
	pid_t *tids;
	size_t len, room;
};

static int add(struct seen *s, pid_t tid)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->tids[i] == tid)
			return 0;
	if (s->len == s->room) {
		size_t room = MAX(s->room * 2, (size_t)16);
		pid_t *grown = realloc(s->tids, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		s->tids = grown;
		s->room = room;
	}
	s->tids[s->len++] = tid;
	return 1;
}

/* Returns how many threads were new; sets @result, and returns 0, if @fn or memory failed. */
static int pass(struct seen *s, DIR *dir, int (*fn)(void *, pid_t), void *arg, int *result)
{
	const struct dirent *d;
	int fresh = 0;

	while ((d = readdir(dir))) {
		int tid = atoi(d->d_name);
		int rc = tid > 0 ? add(s, tid) : 0;

		if (rc > 0) {
			fresh++;
			rc = fn(arg, tid);
		}
		if (rc) {
			*result = rc;
			return 0;
		}
	}
	return fresh;
}

int tids_each(pid_t pid, int (*fn)(void *arg, pid_t tid), void *arg)
{
	struct seen s = {0};
	int rc = 0, fresh;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	do {
		DIR *dir = opendir(path);

		if (!dir)
			break;
		fresh = pass(&s, dir, fn, arg, &rc);
		closedir(dir);
	} while (fresh);
	free(s.tids);
	return rc;
}
