/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose checks are wanted: either those of all processes except captrace, or those of some thread
 * groups and, with cfg.follow, of all their descendants. With cfg.by_cgroup, checks in unwanted
 * cgroups are then left out.
 */
#ifndef CAPTRACE_BPF_TARGET_H
#define CAPTRACE_BPF_TARGET_H

#include "bpf/cgroup.h"
#include "bpf/record.h"

/*
 * One byte (enum target_state) per thread group of the initial PID namespace, TARGET_GROUP of them
 * in an entry; user space sizes it by pid_max before load. A hash table costs a check three times
 * as much, and saves no memory.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct target_group);
} targets SEC(".maps");

/*
 * With cfg.seeded: the thread groups to begin with, where captrace can't put them into `targets`.
 * In a child PID namespace it knows them only by the numbers of that namespace; before fc9702273e2e
 * (5.5) it can't map `targets`.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8);
} seeds SEC(".maps");

#define MAX_PID_NS_LEVEL 32 /* include/linux/pid_namespace.h, since f2302505775f (3.7) */

/* The number of @task's thread group in captrace's PID namespace; 0 if it isn't in there. */
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

/* NULL if @tgid is above pid_max as it was when captrace started. */
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
 * @task is read only if captrace is in a child PID namespace. Its number in that namespace is
 * looked up only once: after that, `targets` has the number in the initial namespace.
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
 * The fork, exit and free of all tasks keep `targets` up to date. An entry outlives the exit of its
 * thread group, because files are closed and namespaces left after that, and is removed when the
 * task is freed. If a number is used again before that, the fork sets its entry or removes it.
 */
static __always_inline void target_fork(u32 parent, u32 child, struct task_struct *task)
{
	u8 *state = target_state(child);

	if (parent == child)
		return; /* a thread */
	/* The number's last owner may have exited without a check. */
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
