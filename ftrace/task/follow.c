// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/follow.h"

#include <string.h>

#include "core/base/util.h"
#include "core/event/target.h"
#include "ftrace/task/tids.h"

#define TID_MAX (4 * 1024 * 1024) /* PID_MAX_LIMIT on 64 bits */

struct follow {
	const struct target *target;
	unsigned char
		threads[TID_MAX / 8]; /* a bit set; pages that are never written take no memory */
};

struct follow *follow_new(const struct target *target)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (f)
		f->target = target;
	return f;
}

void follow_free(struct follow *f)
{
	free(f);
}

void follow_add(struct follow *f, int32_t tid)
{
	if (tid > 0 && tid < TID_MAX)
		f->threads[tid / 8] |= (unsigned char)(1 << tid % 8);
}

bool follow_has(const struct follow *f, int32_t tid)
{
	return tid > 0 && tid < TID_MAX && f->threads[tid / 8] & 1 << tid % 8;
}

bool follow_is_seed(const struct follow *f, int32_t pid)
{
	for (size_t i = 0; i < f->target->pids_len; i++)
		if (f->target->pids[i] == pid)
			return true;
	return false;
}

static int add_tid(void *arg, pid_t tid)
{
	follow_add(arg, tid);
	return 0;
}

int follow_seed(struct follow *f)
{
	int rc = 0;

	for (size_t i = 0; i < f->target->pids_len && !rc; i++)
		rc = tids_each(f->target->pids[i], add_tid, f);
	return rc;
}

void follow_fork(struct follow *f, int32_t parent, int32_t child, bool thread)
{
	if (follow_has(f, parent) && (thread || f->target->follow))
		follow_add(f, child);
	else if (child > 0 && child < TID_MAX)
		f->threads[child / 8] &= (unsigned char)~(1 << child % 8);
}
