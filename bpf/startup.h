/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start-up: what a container's runtime, or systemd for a unit, does in the new cgroup before the
 * program that the cgroup is for. A thread group's start-up begins when it is put into a cgroup
 * from outside and ends when it executes that program. Children that it forks meanwhile start up,
 * too.
 */
#ifndef CAPTRACE_BPF_STARTUP_H
#define CAPTRACE_BPF_STARTUP_H

#include "bpf/cgroup.h"

#define PF_FORKNOEXEC 0x00000040 /* include/linux/sched.h */

/* A thread group that starts up. */
struct starter {
	/*
	 * Its root folder at the beginning: once it has another, it executes the container's
	 * program.
	 */
	u64 root_mnt, root_dentry;
	u64 from;   /* key of the cgroup that it is about to leave; 0: it has left */
	u32 helper; /* a runtime's program was put into the cgroup */
	u32 pad;
};

/* By thread group. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct starter);
} starting SEC(".maps");

static __always_inline void starter_root(struct task_struct *task, struct starter *s)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	s->root_mnt = (u64)BPF_CORE_READ(fs, root.mnt);
	s->root_dentry = (u64)BPF_CORE_READ(fs, root.dentry);
}

struct exe_name {
	char s[32];
};

static __always_inline void exe_name(struct task_struct *task, struct exe_name *name)
{
	const unsigned char *s = BPF_CORE_READ(task, mm, exe_file, f_path.dentry, d_name.name);

	name->s[0] = '\0';
	bpf_probe_read_kernel_str(name->s, sizeof(name->s), s);
}

static __always_inline bool name_is(const struct exe_name *name, const char *want, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (name->s[i] != want[i])
			return false;
	return true;
}

#define NAME_IS(name, want)     name_is(name, want, sizeof(want))
#define NAME_STARTS(name, want) name_is(name, want, sizeof(want) - 1)

/*
 * runc and crun are put into the cgroup as they are and then execute a sealed copy of themselves
 * (CVE-2019-5736), from a memfd or under their own name.
 */
static __always_inline bool is_runtime(const struct exe_name *name)
{
	return NAME_IS(name, "runc") || NAME_IS(name, "crun") || NAME_IS(name, "youki") ||
	       NAME_STARTS(name, "memfd:runc_cloned") || NAME_STARTS(name, "memfd:crun_cloned");
}

/*
 * Since systemd 255, PID 1 executes this program for a unit; it then executes the unit's program.
 */
static __always_inline bool is_executor(const struct exe_name *name)
{
	return NAME_IS(name, "systemd-executor");
}

/*
 * Whether @cgroup is that of the task's parent, or below it: a service that distributes its workers
 * over cgroups of its own does not start anything up.
 */
static __always_inline bool is_own(struct task_struct *task, struct cgroup *cgroup)
{
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	struct cgroup_subsys_state *css;
	struct cgroup *above;
	u64 v1;
	u32 i;

	above = cgroup_of(parent, &v1);
	if (!BPF_CORE_READ(above, level))
		return false;
	for (i = 0; i < CGROUP_DEPTH_MAX && cgroup; i++) {
		if (cgroup == above)
			return true;
		css = BPF_CORE_READ(cgroup, self.parent);
		cgroup = css ? BPF_CORE_READ(css, cgroup) : NULL;
	}
	return false;
}

static __always_inline void startup_begin(struct task_struct *task, bool helper, u64 from)
{
	struct starter s = {.helper = helper, .from = from};
	u32 tgid = BPF_CORE_READ(task, tgid);

	starter_root(task, &s);
	if (bpf_map_update_elem(&starting, &tgid, &s, BPF_ANY))
		shared.starting_full = 1;
}

static __always_inline u64 key_of(struct task_struct *task)
{
	struct cgroup *cgroup;
	u64 v1;

	cgroup = cgroup_of(task, &v1);
	return cgroup_id(cgroup) | v1;
}

/*
 * @task has been moved into @cgroup (the tracepoint cgroup_attach_task) or, with @moving, is about
 * to be (the function of that name). The function is watched because checks between the move and
 * the tracepoint are start-up, too.
 */
static __always_inline void startup_attach(struct cgroup *cgroup, struct task_struct *task,
					   bool moving)
{
	u32 tgid = BPF_CORE_READ(task, tgid);
	struct exe_name name;
	struct starter *s;
	bool helper, handled;
	u64 v1;

	if (!cgroup_counts(cgroup, &v1) || !BPF_CORE_READ(cgroup, level) || is_own(task, cgroup))
		return;
	handled = !moving && shared.moving == (u64)task;
	shared.moving = 0;
	s = bpf_map_lookup_elem(&starting, &tgid);
	/*
	 * The start-up that began at the function may have ended since, because the task runs
	 * meanwhile and may execute its program: then nothing begins here.
	 */
	if (handled && s)
		s->from = 0;
	if (handled)
		return;
	/* It is starting up already, and goes on in the new cgroup. */
	if (moving && s) {
		shared.moving = (u64)task;
		return;
	}
	exe_name(task, &name);
	helper = is_runtime(&name);
	if (!helper && !is_executor(&name) && !(BPF_CORE_READ(task, flags) & PF_FORKNOEXEC))
		return;
	startup_begin(task, helper, moving ? key_of(task) : 0);
	if (moving)
		shared.moving = (u64)task;
}

/*
 * A child may be created in another cgroup (CLONE_INTO_CGROUP, 5.7), without being attached there.
 */
static __always_inline void startup_fork(struct task_struct *parent, struct task_struct *child)
{
	u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid);
	struct cgroup *cgroup;
	struct starter *s;
	u64 v1;

	if (from == to)
		return;
	s = bpf_map_lookup_elem(&starting, &from);
	if (s) {
		struct starter copy = *s;

		if (bpf_map_update_elem(&starting, &to, &copy, BPF_ANY))
			shared.starting_full = 1;
		return;
	}
	if (BPF_CORE_READ(parent, cgroups) == BPF_CORE_READ(child, cgroups))
		return;
	cgroup = cgroup_of(child, &v1);
	if (BPF_CORE_READ(cgroup, level) && !is_own(child, cgroup))
		startup_begin(child, false, 0);
}

/* For sched_process_exec: @task has the new program already. */
static __always_inline void startup_exec(struct task_struct *task)
{
	u32 tgid = BPF_CORE_READ(task, tgid);
	struct starter *s = bpf_map_lookup_elem(&starting, &tgid), now = {};
	struct exe_name name;

	if (!s)
		return;
	starter_root(task, &now);
	if (now.root_mnt == s->root_mnt && now.root_dentry == s->root_dentry) {
		exe_name(task, &name);
		if (is_executor(&name) || (s->helper && is_runtime(&name)))
			return;
	}
	bpf_map_delete_elem(&starting, &tgid);
}

static __always_inline void startup_free(struct task_struct *task)
{
	u32 tgid = BPF_CORE_READ(task, tgid);

	if ((u32)BPF_CORE_READ(task, pid) == tgid && bpf_map_lookup_elem(&starting, &tgid))
		bpf_map_delete_elem(&starting, &tgid);
}

/* Once the map has been full, it is no longer known which thread groups start up. */
static __always_inline u8 startup_now(void)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct starter *s;

	if (shared.starting_full)
		return WIRE_UNKNOWN;
	s = bpf_map_lookup_elem(&starting, &tgid);
	return s && (!s->from || s->from != cgroup_key()) ? WIRE_YES : WIRE_NO;
}

#endif
