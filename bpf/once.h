/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Since ca06f55b9002 (5.12) the kernel lets a program run once at a time on a CPU. Where a task can
 * be preempted in it, all others on that CPU are kept out of it until the task runs again, and what
 * they did is never seen. There (cfg.copies) each program is attached in several copies, which the
 * kernel runs one after the other; the first that isn't skipped does the work.
 *
 * It is the last alone that wakes the reader, which is what preempts it most: a copy that wakes the
 * reader leaves the others to what comes next on the CPU.
 *
 * A check is lost if a task is preempted in each copy at once. On a busy emulator, where a program
 * takes a good part of a task's time (7.2, 600,000 checks of hundreds of processes), the second copy
 * worked for 1.1 % of them, the third for 0.01 %; of three copies all were held now and then.
 *
 * Turning preemption off in the program (bpf_preempt_disable, 6.10) doesn't help: a task whose time
 * is up is then preempted where it is turned on again, and that is in the program still.
 */
#ifndef CAPTRACE_BPF_ONCE_H
#define CAPTRACE_BPF_ONCE_H

#include "bpf/record.h"

/* PROGRAM(name, copy) defines a program. User space knows them by these names. */
#define COPIES(PROGRAM, name) \
	PROGRAM(name, 0)      \
	PROGRAM(name##_2, 1)  \
	PROGRAM(name##_3, 2)  \
	PROGRAM(name##_4, 3)  \
	PROGRAM(name##_5, 4)
#define COPY_LAST (WIRE_COPIES - 1)

/* A byte a thread of the initial PID namespace: how far its copies have come. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct target_group);
} ran SEC(".maps");

static __always_inline bool copy_wakes(u32 copy)
{
	return !cfg.copies || copy == COPY_LAST;
}

/*
 * A wake-up preempts this program; what is recorded on the CPU until it goes on wakes nobody, as
 * that needs this program. Once is enough: it's the reader that it has been preempted by.
 */
static __always_inline void copy_idle(u32 copy)
{
	if (!cfg.copies || copy != COPY_LAST || !cfg.ringbuf)
		return;
	wake_late();
	if (shared.armed && bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA))
		wake_late();
}

static __always_inline void copy_works(u32 copy)
{
	if (copy)
		COUNT(shared.made_good);
}

/*
 * Whether this copy is the one to do the work; asked once, first of all. Not for what can interrupt
 * a thread between the copies of another program.
 */
static __always_inline bool run_once(u32 copy)
{
	struct target_group *group;
	u32 tid, index;
	u8 *passed, last;

	if (!cfg.copies)
		return true;
	tid = bpf_get_current_pid_tgid();
	index = tid / TARGET_GROUP;
	group = bpf_map_lookup_elem(&ran, &index);
	if (!group)
		return !copy; /* past what pid_max was when captrace started */
	passed = &group->state[tid % TARGET_GROUP];
	last = *passed;
	*passed = copy + 1;
	/* More is of the time before, and so is less if all since were skipped, as is hardly ever. */
	if (last && last <= copy) {
		copy_idle(copy);
		return false;
	}
	copy_works(copy);
	return true;
}

#endif
