// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/startup_record.h"

#include <string.h>

#include "core/event/cgroup.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/startup_probe.h"
#include "ftrace/task/startup.h"

#define PF_FORKNOEXEC 0x00000040 /* include/linux/sched.h */

struct record {
	const struct fetch_map *map;
	const void *raw;
	uint32_t size;
	int32_t tid; /* the thread that made the record */
};

static int64_t get(const struct record *r, enum fetch_value v)
{
	return fetch_get(r->map, v, r->raw, r->size);
}

static void get_image(const struct record *r, struct startup_image *image)
{
	image->root_mnt = (uint64_t)get(r, FETCH_ROOT_MNT);
	image->root_dentry = (uint64_t)get(r, FETCH_ROOT_DENTRY);
	if (!fetch_get_string(r->map, FETCH_EXE, r->raw, r->size, image->exe, sizeof(image->exe)))
		image->exe[0] = '\0'; /* a kernel thread */
}

/*
 * Whether the new cgroup is below that of the task's parent process: a service that distributes its
 * workers over cgroups of its own does not start anything up.
 */
static enum startup_tri is_below_parent(const struct record *r)
{
	bool v1 = get(r, FETCH_ABOVE_V1_LEVEL) > 0;
	int level = (int)get(r, FETCH_LEVEL);
	int above = (int)get(r, v1 ? FETCH_ABOVE_V1_LEVEL : FETCH_ABOVE_LEVEL);

	if (above <= 0 || above > level)
		return STARTUP_NO;
	if (level - above >= STARTUP_CHAIN)
		return STARTUP_UNKNOWN;
	return get(r, (enum fetch_value)(FETCH_WORD + level - above)) ==
			       get(r, v1 ? FETCH_ABOVE_V1 : FETCH_ABOVE)
		       ? STARTUP_YES
		       : STARTUP_NO;
}

static void get_task(const struct record *r, struct startup_task *t)
{
	*t = (struct startup_task){
		.tgid = (int32_t)get(r, FETCH_PID),
		.fresh = get(r, FETCH_TASK_FLAGS) & PF_FORKNOEXEC,
		.below_parent = is_below_parent(r),
	};
	get_image(r, &t->image);
}

/* Whether the hierarchy numbered @root counts: version 2's does, and version 1's if it is @v1. */
static bool counts(int root, int v1)
{
	return !root || root == v1;
}

static void take_move(struct startup *s, const struct record *r, int v1)
{
	int root = (int)get(r, FETCH_DST_ROOT);
	struct startup_task t;

	get_task(r, &t);
	if (counts(root, v1))
		t.cgroup = (uint64_t)get(r, FETCH_CGROUP) | (root ? CGROUP_KEY_V1 : 0);
	startup_move(s, r->tid, &t);
}

static void take_start(struct startup *s, const struct record *r)
{
	struct startup_task t;

	get_task(r, &t);
	/*
	 * clone() puts nothing into a cgroup of version 1: if the child is in one that counts, it
	 * is its parent's.
	 */
	startup_forked(s, (int32_t)get(r, FETCH_TGID), &t,
		       get(r, FETCH_CSET) != get(r, FETCH_CURRENT_CSET) &&
			       get(r, FETCH_LEVEL) > 0 && get(r, FETCH_V1_LEVEL) <= 0);
}

/* Whether the task whose data the probe fetched is the one that made the record. */
static bool is_current(const struct record *r)
{
	return get(r, FETCH_TID) == r->tid;
}

void startup_take(struct startup *s, const struct hook_decoder *d, const struct feed_record *rec,
		  int v1)
{
	struct record r = {&d->map, feed_raw(rec), rec->size, 0};
	struct feed_entry entry;
	struct startup_image image;

	memcpy(&entry, r.raw, sizeof(entry));
	r.tid = entry.pid;
	switch (d->hook) {
	case HOOK_CGROUP_ATTACH:
		take_move(s, &r, v1);
		break;
	case HOOK_CGROUP_ATTACHED:
		startup_moved(s, r.tid, (int32_t)get(&r, FETCH_PID),
			      counts((int)get(&r, FETCH_DST_ROOT), v1) &&
				      get(&r, FETCH_DST_LEVEL) > 0);
		break;
	case HOOK_NEWTASK:
		if (is_current(&r))
			take_start(s, &r);
		break;
	case HOOK_EXEC:
		get_image(&r, &image);
		if (is_current(&r))
			startup_image(s, (int32_t)get(&r, FETCH_TGID), &image);
		break;
	case HOOK_EXECED:
		startup_executed(s, (int32_t)get(&r, FETCH_PID));
		break;
	case HOOK_FREE:
		startup_ended(s, (int32_t)get(&r, FETCH_PID));
		break;
	default:
		break;
	}
}
