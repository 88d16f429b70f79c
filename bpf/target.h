/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose checks are wanted: everybody's but captrace's own, or those of some thread groups and, with
 * cfg.follow, of all they fork; of these, with cfg.by_cgroup, not those in unwanted cgroups.
 */
#ifndef CAPTRACE_BPF_TARGET_H
#define CAPTRACE_BPF_TARGET_H

#include "bpf/cgroup.h"
#include "bpf/record.h"

/*
 * A byte a thread group of the initial PID namespace, some to an entry; sized before load by the
 * machine's pid_max. A hash table costs a check three times as much, and no less memory.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct target_group);
} targets SEC(".maps");

/*
 * The thread groups to begin with, for cfg.seeded: in a PID namespace of its own captrace knows them by
 * numbers that only count there; before fc9702273e2e (5.5) it can't map `targets`.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8);
} seeds SEC(".maps");

#define MAX_PID_NS_LEVEL 32 /* include/linux/pid_namespace.h, since f2302505775f (3.7) */

/* The thread group of @task as captrace's PID namespace numbers it; 0 if it isn't in there. */
static __always_inline u32 child_pidns_tgid(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	struct upid *upid = __builtin_preserve_access_index(&pid->numbers[0]);
	u32 level = BPF_CORE_READ(pid, level);
	u32 i;

	for (i = 0; i <= MAX_PID_NS_LEVEL; i++) {
		if (i > level)
			break;
		if (BPF_CORE_READ(upid, ns, ns.inum) == cfg.pidns)
			return BPF_CORE_READ(upid, nr);
		upid = (void *)upid + bpf_core_type_size(struct upid);
	}
	return 0;
}

/* NULL: a number past what pid_max was when captrace started. */
static __always_inline u8 *target_state(u32 tgid)
{
	u32 index = tgid / TARGET_GROUP;
	struct target_group *group = bpf_map_lookup_elem(&targets, &index);

	return group ? &group->state[tgid % TARGET_GROUP] : NULL;
}

static __always_inline void target_add(u8 *state)
{
	if (state)
		*state = TARGET_LIVE;
	else
		COUNT(shared.lost_targets);
}

/*
 * @task is read only where captrace is nested; its numbers there are then looked up once, and the
 * initial namespace's are kept.
 */
static __always_inline bool target_has(u32 tgid, struct task_struct *task)
{
	u8 *state = target_state(tgid);
	u32 nr = tgid;

	if (state && *state)
		return true;
	if (!cfg.seeded)
		return false;
	if (cfg.in_child_pidns)
		nr = child_pidns_tgid(task);
	if (!nr || !bpf_map_lookup_elem(&seeds, &nr))
		return false;
	target_add(state);
	bpf_map_delete_elem(&seeds, &nr);
	return true;
}

static __always_inline bool thread_wanted(void)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;
	u32 nr = tgid;

	if (control.mode == BPF_MODE_LIVE) {
		if (cfg.by_cgroup && !cgroup_wanted(cgroup_key()))
			return false;
		if (!cfg.targeted)
			return tgid != control.self_tgid;
		return target_has(tgid, (void *)bpf_get_current_task());
	}
	if (control.mode != BPF_MODE_CALIBRATE)
		return false;
	if (cfg.in_child_pidns)
		nr = child_pidns_tgid((void *)bpf_get_current_task());
	return nr == cfg.self || nr == cfg.calibrator;
}

/*
 * Fork, exit and free of any task keep `targets` true. An entry outlives the exit of its thread
 * group, because files are closed and namespaces left after it, and goes with the task; a number
 * that is used again before that is set anew, or taken out, by the fork.
 */
static __always_inline void target_fork(u32 parent, u32 child, struct task_struct *task)
{
	u8 *state = target_state(child);

	if (parent == child)
		return; /* a thread */
	/* The number's last owner may have gone without a check. */
	if (cfg.seeded && !cfg.in_child_pidns)
		bpf_map_delete_elem(&seeds, &child);
	if (target_has(parent, task))
		target_add(state);
	else if (state && *state)
		*state = TARGET_NONE;
}

static __always_inline void target_exit(u32 tgid, int threads_left)
{
	u8 *state = target_state(tgid);

	if (!threads_left && state && *state)
		*state = TARGET_EXITED;
}

static __always_inline void target_free(u32 tid, u32 tgid)
{
	u8 *state = target_state(tgid);

	if (tid == tgid && state && *state == TARGET_EXITED)
		*state = TARGET_NONE;
}

#endif
