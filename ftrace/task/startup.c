// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/startup.h"

#include <stddef.h>
#include <string.h>

#include "core/base/util.h"

#define ROOM 4096 /* a power of two */
#define FULL (ROOM / 2)

/* A thread group that starts up, or may do so, or that is about to execute a program. */
struct starter {
	int32_t tgid; /* 0: free */
	bool starts;  /* false: it is not starting up, but only about to execute a program */
	bool known;   /* false: if it starts, it only may do so; `at` and `helper` are not valid */
	bool helper;  /* a runtime's program was put into the cgroup */
	bool has_next;
	/* `at`: when it was put into the cgroup. `next`: the one that it is about to execute. */
	struct startup_image at, next;
};

struct startup {
	/*
	 * A hash table with open addressing; deleting an entry moves later ones up to close the
	 * gap.
	 */
	struct starter starters[ROOM];
	size_t len;
	bool lost;
	/* Only one task is moved at a time: cgroup_attach_task() runs with cgroup_mutex held. */
	int32_t mover;
	struct startup_task moving;
};

struct startup *startup_new(void)
{
	return calloc(1, sizeof(struct startup));
}

void startup_free(struct startup *s)
{
	free(s);
}

static size_t home(int32_t tgid)
{
	return (uint32_t)tgid * 2654435761U & (ROOM - 1);
}

static size_t place(const struct startup *s, int32_t tgid)
{
	size_t i = home(tgid);

	while (s->starters[i].tgid && s->starters[i].tgid != tgid)
		i = (i + 1) & (ROOM - 1);
	return i;
}

static struct starter *find(struct startup *s, int32_t tgid)
{
	struct starter *st = &s->starters[place(s, tgid)];

	return tgid > 0 && st->tgid ? st : NULL;
}

static void put(struct startup *s, const struct starter *st)
{
	struct starter *to = &s->starters[place(s, st->tgid)];

	if (st->tgid <= 0)
		return;
	if (!to->tgid && s->len == FULL) {
		startup_lose(s);
		return;
	}
	s->len += !to->tgid;
	*to = *st;
}

static void drop(struct startup *s, int32_t tgid)
{
	size_t hole = place(s, tgid), i = hole;

	if (tgid <= 0 || !s->starters[hole].tgid)
		return;
	s->len--;
	for (;;) {
		size_t h;

		i = (i + 1) & (ROOM - 1);
		if (!s->starters[i].tgid)
			break;
		h = home(s->starters[i].tgid);
		/* An entry may move up only if its home position is not behind the hole. */
		if (((i - h) & (ROOM - 1)) < ((i - hole) & (ROOM - 1)))
			continue;
		s->starters[hole] = s->starters[i];
		hole = i;
	}
	s->starters[hole].tgid = 0;
}

static bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/*
 * runc and crun are put into the cgroup as the program on disk, and then execute a sealed copy of
 * themselves (CVE-2019-5736), in a memfd or under their own name.
 */
static bool is_runtime(const char *exe)
{
	return !strcmp(exe, "runc") || !strcmp(exe, "crun") || !strcmp(exe, "youki") ||
	       starts_with(exe, "memfd:runc_cloned") || starts_with(exe, "memfd:crun_cloned");
}

/* Since systemd 255, PID 1 executes this program, which then executes the unit's program. */
static bool is_executor(const char *exe)
{
	return !strcmp(exe, "systemd-executor");
}

/* Keeps the program that is being executed: runc's init is moved while it executes its copy. */
static void begin(struct startup *s, const struct startup_task *t, bool helper)
{
	const struct starter *before = find(s, t->tgid);
	struct starter st = {
		.tgid = t->tgid,
		.starts = true,
		.known = t->below_parent == STARTUP_NO,
		.helper = helper,
		.at = t->image,
	};

	if (before && before->has_next) {
		st.has_next = true;
		st.next = before->next;
	}
	put(s, &st);
}

/* Whether @t starts something up in the cgroup that it is put into. */
static enum startup_tri prepares(const struct startup_task *t)
{
	if (t->below_parent == STARTUP_YES ||
	    !(t->fresh || is_runtime(t->image.exe) || is_executor(t->image.exe)))
		return STARTUP_NO;
	return t->below_parent == STARTUP_UNKNOWN ? STARTUP_UNKNOWN : STARTUP_YES;
}

void startup_move(struct startup *s, int32_t mover, const struct startup_task *t)
{
	s->mover = mover;
	s->moving = *t;
}

void startup_moved(struct startup *s, int32_t mover, int32_t tgid, bool counts)
{
	const struct startup_task *t = &s->moving;
	bool announced = s->mover == mover && t->tgid == tgid;

	s->mover = 0;
	if (!counts)
		return;
	if (!announced) {
		put(s, &(struct starter){.tgid = tgid, .starts = true});
		return;
	}
	if (prepares(t) != STARTUP_NO)
		begin(s, t, is_runtime(t->image.exe));
}

void startup_forked(struct startup *s, int32_t parent, const struct startup_task *child,
		    bool elsewhere)
{
	const struct starter *st = find(s, parent);
	struct starter copy;

	if (parent == child->tgid)
		return;
	if (st && st->starts) {
		copy = *st;
		copy.tgid = child->tgid;
		copy.has_next = false;
		put(s, &copy);
		return;
	}
	drop(s, child->tgid); /* of an earlier process with the same number */
	if (elsewhere && child->below_parent != STARTUP_YES)
		begin(s, child, false);
}

void startup_image(struct startup *s, int32_t tgid, const struct startup_image *image)
{
	const struct starter *before = find(s, tgid);
	struct starter st = before ? *before : (struct starter){.tgid = tgid};

	if (s->mover && s->moving.tgid == tgid) {
		s->moving.fresh = false;
		s->moving.image = *image;
	}
	st.has_next = true;
	st.next = *image;
	put(s, &st);
}

/* Whether start-up continues with @image. It ends once the root directory is another one. */
static bool goes_on(const struct starter *st, const struct startup_image *image)
{
	if (st->known &&
	    (image->root_mnt != st->at.root_mnt || image->root_dentry != st->at.root_dentry))
		return false;
	return is_executor(image->exe) || ((st->helper || !st->known) && is_runtime(image->exe));
}

void startup_executed(struct startup *s, int32_t tgid)
{
	struct starter *st = find(s, tgid);

	if (!st)
		return;
	if (!st->has_next)
		st->known = false;
	else if (!st->starts || !goes_on(st, &st->next))
		drop(s, tgid);
	else
		st->has_next = false;
}

void startup_ended(struct startup *s, int32_t tgid)
{
	drop(s, tgid);
}

bool startup_lose(struct startup *s)
{
	bool first = !s->lost;

	s->lost = true;
	return first;
}

enum startup_tri startup_of(const struct startup *s, int32_t tgid, uint64_t cgroup)
{
	const struct starter *st = &s->starters[place(s, tgid)];

	if (s->lost)
		return STARTUP_UNKNOWN;
	if (tgid <= 0)
		return STARTUP_NO;
	if (!(st->tgid && st->starts) && s->mover && s->moving.tgid == tgid && cgroup &&
	    s->moving.cgroup == cgroup)
		return prepares(&s->moving);
	if (!st->tgid || !st->starts)
		return STARTUP_NO;
	return st->known ? STARTUP_YES : STARTUP_UNKNOWN;
}
