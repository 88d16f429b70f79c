// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task/task_notes.h"

#include <stdlib.h>

#include "ftrace/probe/hook.h"

/*
 * In order of time each CPU has only one note whose check is still to come. Others are those whose
 * check was lost.
 */
#define NOTES 1024

struct note {
	struct cap_event ev;
	struct hook_call call;
};

struct task_notes {
	int32_t tids[NOTES]; /* thread of each note; 0: free */
	struct note notes[NOTES];
	size_t next; /* where to look for a free slot; if there is none, the note there is old */
};

struct task_notes *task_notes_new(void)
{
	return calloc(1, sizeof(struct task_notes));
}

void task_notes_free(struct task_notes *n)
{
	free(n);
}

/*
 * The slot of the thread's note; NOTES: none. Searches the newest first, because most notes are
 * taken right after they were put.
 */
static size_t find(const struct task_notes *n, int32_t tid)
{
	for (size_t i = 1; i <= NOTES; i++) {
		size_t at = (n->next - i) % NOTES;

		if (n->tids[at] == tid)
			return at;
	}
	return NOTES;
}

static size_t make_room(struct task_notes *n)
{
	for (size_t i = 0; i < NOTES && n->tids[n->next % NOTES]; i++)
		n->next++;
	return n->next++ % NOTES;
}

void task_notes_put(struct task_notes *n, const struct cap_event *ev, const struct hook_call *call)
{
	size_t at = find(n, ev->tid);

	if (at == NOTES)
		at = make_room(n);
	n->tids[at] = ev->tid;
	n->notes[at] = (struct note){*ev, *call};
}

static void add(struct cap_event *ev, const struct cap_event *note)
{
	uint64_t more =
		note->have & ~ev->have &
		(FIELD(PID) | FIELD(MNTNS) | FIELD(CGROUPID) | FIELD(CGROUP_KEY) | FIELD(SYSCALL));

	if (more & FIELD(PID))
		ev->pid = note->pid;
	if (more & FIELD(MNTNS))
		ev->mntns = note->mntns;
	if (more & FIELD(CGROUPID))
		ev->cgroupid = note->cgroupid;
	if (more & FIELD(CGROUP_KEY))
		ev->cgroup_key = note->cgroup_key;
	if (more & FIELD(SYSCALL))
		ev->syscall = note->syscall;
	ev->have |= more;
}

void task_notes_take(struct task_notes *n, struct cap_event *ev, struct hook_call *call)
{
	size_t at = find(n, ev->tid);

	if (at == NOTES)
		return;
	/* A note whose own check was lost must not be used for the thread's next check. */
	if (n->notes[at].ev.cap == ev->cap) {
		add(ev, &n->notes[at].ev);
		*call = n->notes[at].call;
	}
	n->tids[at] = 0;
}
