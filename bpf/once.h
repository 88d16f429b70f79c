/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several copies of a program, one of which does the work, so that no preempted task hides the
 * checks of others.
 *
 * Since ca06f55b9002 (5.12) a CPU runs a program only once at a time. If a task is preempted inside
 * the program, the kernel skips the program for all other tasks on that CPU until the task runs
 * again, and their checks are never seen. Where that can happen (cfg.copies), each program is
 * attached in several copies. The kernel runs them one after the other, and the first that isn't
 * skipped does the work.
 *
 * Only the last copy wakes the reader, because a wake-up is what preempts a program most often:
 * while the last copy is held, the others are free for the tasks that run next on the CPU.
 *
 * A check is lost if every copy is held by a preempted task at the same time. On a busy emulator,
 * where a program takes a good part of a task's time (7.2, 600,000 checks of hundreds of
 * processes), the second copy did the work for 1.1 % of the checks and the third for 0.01 %; with
 * only three copies, all of them were held now and then.
 *
 * Turning preemption off in the program (bpf_preempt_disable, 6.10) doesn't help: a task whose time
 * slice is over is preempted where preemption is turned on again, which is still in the program.
 */
#ifndef CAPTRACE_BPF_ONCE_H
#define CAPTRACE_BPF_ONCE_H

#include "bpf/record.h"

/* PROGRAM(name, copy) defines a program. User space finds the copies by these names. */
#define COPIES(PROGRAM, name) \
	PROGRAM(name, 0)      \
	PROGRAM(name##_2, 1)  \
	PROGRAM(name##_3, 2)  \
	PROGRAM(name##_4, 3)  \
	PROGRAM(name##_5, 4)
#define COPY_LAST (WIRE_COPIES - 1)

/*
 * One byte per thread of the initial PID namespace: the number of the copy that last ran for it,
 * plus 1; 0: none has run.
 */
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
 * Called in a copy that has no work to do: wakes the reader if the copy is the last one and a
 * record should have woken it. That may preempt this copy, and records that are made on the CPU
 * until it goes on wake nobody, because only this copy does. So it looks a second time. That is
 * enough: it was preempted by the reader.
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
 * Whether this copy is to do the work. A program calls it once, before anything else. It is not for
 * programs that can interrupt a thread between the copies of another program.
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
		return !copy; /* @tid is above pid_max as it was when captrace started */
	passed = &group->state[tid % TARGET_GROUP];
	last = *passed;
	*passed = copy + 1;
	/*
	 * A higher value is left from an earlier run; so is a lower one if every copy since was
	 * skipped (rare).
	 */
	if (last && last <= copy) {
		copy_idle(copy);
		return false;
	}
	copy_works(copy);
	return true;
}

#endif
