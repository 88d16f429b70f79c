// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/task_notes.h"

#include <stdlib.h>

#include "core/event.h"

/* A thread has one at a time: this many threads may be preempted within one. */
#define NOTES 256

struct task_notes {
	struct cap_event notes[NOTES]; /* tid 0: free */
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
static struct cap_event *find(struct task_notes *n, int32_t tid)
{
	for (size_t i = 1; i <= NOTES; i++) {
		struct cap_event *note = &n->notes[(n->next - i) % NOTES];

		if (note->tid == tid)
			return note;
	}
	return NULL;
}

void task_notes_put(struct task_notes *n, const struct cap_event *ev)
{
	struct cap_event *note = find(n, ev->tid);

	if (!note)
		note = &n->notes[n->next++ % NOTES];
	*note = *ev;
}

void task_notes_take(struct task_notes *n, struct cap_event *ev)
{
	struct cap_event *note = find(n, ev->tid);

	if (!note)
		return;
	/* One whose check was lost is of no use to the next. */
	if (note->cap == ev->cap) {
		uint64_t more = note->have & ~ev->have;

		if (more & CAP_HAVE(PID))
			ev->pid = note->pid;
		if (more & CAP_HAVE(MNTNS))
			ev->mntns = note->mntns;
		if (more & CAP_HAVE(CGROUPID))
			ev->cgroupid = note->cgroupid;
		if (more & CAP_HAVE(SYSCALL))
			ev->syscall = note->syscall;
		ev->have |= more & (CAP_HAVE(PID) | CAP_HAVE(MNTNS) | CAP_HAVE(CGROUPID) |
				    CAP_HAVE(SYSCALL));
	}
	note->tid = 0;
}
