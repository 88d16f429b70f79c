/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups: the key of a task's cgroup (core/event/cgroup.h), events about new cgroups, and which
 * cgroups are not wanted. Nearly all of this reads kernel memory, in typed programs, too. Where
 * lockdown forbids that, only the key of a version 2 cgroup is available, which a helper returns.
 */
#ifndef CAPTRACE_BPF_CGROUP_H
#define CAPTRACE_BPF_CGROUP_H

#include "bpf/record.h"
#include "bpf/task.h"

#define CGROUP_KEY_MNTNS (1ULL << 62)
#define CGROUP_KEY_V1    (1ULL << 63)
#define HIERARCHIES_MAX  24 /* that a task can be in: those of controllers, and named ones */
#define CGROUP_DEPTH_MAX 32

/*
 * Records of struct wire_cgroup; apart from `events`, so that a flood of checks can't displace
 * them.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} cgroup_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct wire_cgroup);
} cgroup_event_scratch SEC(".maps");

/* enum wire_wanted by cgroup key; an evicted cgroup is decided again when it is next seen. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, u64);
	__type(value, u8);
} cgroups_wanted SEC(".maps");

static __always_inline u64 cgroup_id(struct cgroup *cgroup)
{
	struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);
	u64 id = 0;

	if (bpf_core_field_exists(kn->id))
		return BPF_CORE_READ(kn, id);
	/* Before 67c0496e87d1 (5.5) it is a union of the same size, with the same bytes. */
	bpf_core_read(&id, sizeof(id), &((struct kernfs_node___v54 *)kn)->id);
	return id;
}

/* The offset in struct css_set of the pointer for cfg.v1_controller. */
static __always_inline u32 controller_offset(struct css_set *set)
{
	u32 i;

	switch (cfg.v1_controller) {
	case WIRE_V1_PIDS:
		i = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
		break;
	case WIRE_V1_MEMORY:
		i = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
		break;
	case WIRE_V1_DEVICES:
		i = bpf_core_enum_value(enum cgroup_subsys_id, devices_cgrp_id);
		break;
	case WIRE_V1_FREEZER:
		i = bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id);
		break;
	default:
		i = bpf_core_enum_value(enum cgroup_subsys_id, cpu_cgrp_id);
		break;
	}
	return bpf_core_field_offset(set->subsys) + i * sizeof(set->subsys[0]);
}

/* The cgroup in the hierarchy of cfg.v1_controller. */
static __always_inline struct cgroup *cgroup_by_controller(struct css_set *set)
{
	struct cgroup_subsys_state *css = NULL;

	bpf_probe_read_kernel(&css, sizeof(css), (void *)set + controller_offset(set));
	return BPF_CORE_READ(css, cgroup);
}

/* A named hierarchy has no controller: css_set.cgrp_links lists the cgroups of all hierarchies. */
static __always_inline struct cgroup *cgroup_by_hierarchy(struct css_set *set)
{
	struct list_head *pos = BPF_CORE_READ(set, cgrp_links.next);
	struct cgrp_cset_link *link;
	struct cgroup *cgroup;
	u32 i;

	for (i = 0; i < HIERARCHIES_MAX; i++) {
		link = (void *)pos - bpf_core_field_offset(link->cgrp_link);
		cgroup = BPF_CORE_READ(link, cgrp);
		if (BPF_CORE_READ(cgroup, root, hierarchy_id) == cfg.v1_hierarchy)
			return cgroup;
		pos = BPF_CORE_READ(pos, next);
	}
	return NULL;
}

/*
 * The task's cgroup in the hierarchy that counts: version 1's, unless the task is in its root. Sets
 * @v1 to CGROUP_KEY_V1 if it is version 1's, else to 0.
 */
static __always_inline struct cgroup *cgroup_of(struct task_struct *task, u64 *v1)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup *cgroup;

	*v1 = 0;
	if (cfg.v1_hierarchy) {
		cgroup = cfg.v1_controller ? cgroup_by_controller(set) : cgroup_by_hierarchy(set);
		if (cgroup && BPF_CORE_READ(cgroup, level)) {
			*v1 = CGROUP_KEY_V1;
			return cgroup;
		}
	}
	return BPF_CORE_READ(set, dfl_cgrp);
}

/*
 * The key of the current task's cgroup by direct loads, which are cheaper: for a check that is left
 * out, this is the cost that matters.
 */
static __always_inline u64 cgroup_key_typed(void)
{
	struct task_struct *task = distrusted(bpf_get_current_task_btf());
	struct css_set *set = task->cgroups;
	struct cgroup_subsys_state *css = *(void **)((void *)set + controller_offset(set));
	struct cgroup *cgroup = css->cgroup;

	if (cgroup->level)
		return cgroup->kn->id | CGROUP_KEY_V1;
	return set->dfl_cgrp->kn->id;
}

static __always_inline u64 cgroup_key(void)
{
	struct cgroup *cgroup;
	u64 v1;

	if (!cfg.v1_hierarchy)
		return bpf_get_current_cgroup_id();
	if (HAVE_TASK_BTF && cfg.v1_controller)
		return cgroup_key_typed();
	cgroup = cgroup_of((void *)bpf_get_current_task(), &v1);
	return cgroup_id(cgroup) | v1;
}

static __always_inline bool is_unwanted(u64 key)
{
	u8 *verdict = bpf_map_lookup_elem(&cgroups_wanted, &key);

	return verdict && *verdict == WIRE_UNWANTED;
}

/*
 * False only if user space has marked as unwanted the cgroup @key and, if the task is in another
 * mount namespace than the host's and containers are identified by that (cfg.host_mntns), that as
 * well.
 */
static __always_inline bool cgroup_wanted(u64 key)
{
	struct task_struct *task;
	u32 mntns;

	if (!is_unwanted(key))
		return true;
	if (!cfg.host_mntns)
		return false;
	task = (void *)bpf_get_current_task();
	mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	return mntns && mntns != cfg.host_mntns && !is_unwanted(CGROUP_KEY_MNTNS | mntns);
}

/* Whether the hierarchy of @cgroup is one that counts. Sets @v1 as cgroup_of() does. */
static __always_inline bool cgroup_counts(struct cgroup *cgroup, u64 *v1)
{
	int hierarchy = BPF_CORE_READ(cgroup, root, hierarchy_id);

	*v1 = hierarchy ? CGROUP_KEY_V1 : 0;
	return !hierarchy || hierarchy == cfg.v1_hierarchy;
}

static __always_inline struct wire_cgroup *cgroup_event_reserve(void)
{
	u32 zero = 0;

	if (!cfg.ringbuf)
		return bpf_map_lookup_elem(&cgroup_event_scratch, &zero);
	return bpf_ringbuf_reserve(&cgroup_events, sizeof(struct wire_cgroup), 0);
}

static __always_inline void cgroup_event_submit(void *ctx, struct wire_cgroup *r)
{
	if (cfg.ringbuf)
		bpf_ringbuf_submit(r, BPF_RB_FORCE_WAKEUP);
	else
		bpf_perf_event_output(ctx, &cgroup_events, BPF_F_CURRENT_CPU, r, sizeof(*r));
}

/* For cgroup_mkdir. @path is in a buffer of the kernel's and valid only during the call. */
static __always_inline void cgroup_made(void *ctx, struct cgroup *cgroup, const char *path)
{
	struct wire_cgroup *r;
	long len;
	u64 v1;

	if (!cgroup_counts(cgroup, &v1))
		return;
	r = cgroup_event_reserve();
	if (!r)
		return; /* the cgroup is looked up by its key when it is first seen */
	r->tgid = 0;
	r->key = cgroup_id(cgroup) | v1;
	len = bpf_probe_read_kernel_str(r->path, sizeof(r->path), path);
	/* A truncated path would be that of another cgroup. */
	if (len <= 0 || len == sizeof(r->path))
		r->path[0] = '\0';
	cgroup_event_submit(ctx, r);
}

/*
 * For sched_process_exec. A task in another mount namespace than its parent's may be the first of a
 * container that has no cgroup of its own. Its ancestors show which container that is, but only
 * while the task runs.
 */
static __always_inline void mntns_entered(void *ctx, struct task_struct *task)
{
	u32 mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	u32 above = BPF_CORE_READ(task, real_parent, nsproxy, mnt_ns, ns.inum);
	struct wire_cgroup *r;

	if (!cfg.host_mntns || mntns == cfg.host_mntns || mntns == above)
		return;
	r = cgroup_event_reserve();
	if (!r)
		return;
	r->key = CGROUP_KEY_MNTNS | mntns;
	r->tgid = BPF_CORE_READ(task, tgid);
	r->path[0] = '\0';
	cgroup_event_submit(ctx, r);
}

#endif
