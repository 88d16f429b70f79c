// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task_notes.h"

#include <stdlib.h>

#include "ftrace/check.h"

/* A thread has one at a time: this many threads may be preempted within one. */
#define NOTES 256

struct note {
	struct cap_event ev; /* tid 0: free */
	struct check_call call;
};

struct task_notes {
	struct note notes[NOTES];
	size_t next;
};

struct task_notes *task_notes_new(void)
{
	return calloc(1, sizeof(struct task_notes));
}

void task_notes_free(struct task_notes *n)
{
	free(n);
}

/* The newest first: most are taken right after they were put. */
static struct note *find(struct task_notes *n, int32_t tid)
{
	for (size_t i = 1; i <= NOTES; i++) {
		struct note *note = &n->notes[(n->next - i) % NOTES];

		if (note->ev.tid == tid)
			return note;
	}
	return NULL;
}

void task_notes_put(struct task_notes *n, const struct cap_event *ev, const struct check_call *call)
{
	struct note *note = find(n, ev->tid);

	if (!note)
		note = &n->notes[n->next++ % NOTES];
	*note = (struct note){*ev, *call};
}

static void add(struct cap_event *ev, const struct cap_event *note)
{
	uint64_t more = note->have & ~ev->have &
			(CAP_HAVE(PID) | CAP_HAVE(MNTNS) | CAP_HAVE(CGROUPID) |
			 CAP_HAVE(CGROUP_KEY) | CAP_HAVE(SYSCALL));

	if (more & CAP_HAVE(PID))
		ev->pid = note->pid;
	if (more & CAP_HAVE(MNTNS))
		ev->mntns = note->mntns;
	if (more & CAP_HAVE(CGROUPID))
		ev->cgroupid = note->cgroupid;
	if (more & CAP_HAVE(CGROUP_KEY))
		ev->cgroup_key = note->cgroup_key;
	if (more & CAP_HAVE(SYSCALL))
		ev->syscall = note->syscall;
	ev->have |= more;
}

void task_notes_take(struct task_notes *n, struct cap_event *ev, struct check_call *call)
{
	struct note *note = find(n, ev->tid);

	if (!note)
		return;
	/* One whose check was lost is of no use to the next. */
	if (note->ev.cap == ev->cap) {
		add(ev, &note->ev);
		*call = note->call;
	}
	note->ev.tid = 0;
}
