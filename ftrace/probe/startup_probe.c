// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tracepoints report that a task was moved, forked, or executed a program. What kind of task it
 * is has to be read from its task_struct, which is an argument (or the current task) of functions
 * that the kernel calls just before: cgroup_attach_task(), wake_up_new_task() and setup_new_exec().
 */
#include "ftrace/probe/startup_probe.h"

#include <stdio.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/current_task.h"
#include "ftrace/probe/member.h"

static const enum layout_field needed[] = {
	LAYOUT_TASK_TID,    LAYOUT_TASK_TGID,      LAYOUT_TASK_CGROUPS,  LAYOUT_CSET_CGROUP,
	LAYOUT_TASK_FLAGS,  LAYOUT_TASK_PARENT,    LAYOUT_TASK_FS,       LAYOUT_TASK_MM,
	LAYOUT_FS_ROOT_MNT, LAYOUT_FS_ROOT_DENTRY, LAYOUT_MM_EXE,        LAYOUT_FILE_DENTRY,
	LAYOUT_DENTRY_NAME, LAYOUT_CGROUP_SELF,    LAYOUT_CGROUP_PARENT, LAYOUT_CGROUP_LEVEL,
	LAYOUT_CGROUP_KN,   LAYOUT_KN_ID,          LAYOUT_CGROUP_ROOT,   LAYOUT_ROOT_HIERARCHY,
};

const char *startup_lacks(const struct hook_cfg *cfg)
{
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!layout_has(cfg->layout, needed[i]))
			return layout_field_name(needed[i]);
	/* self.parent points to the parent's `self`, which must be at the start of the cgroup. */
	if (cfg->layout->at[LAYOUT_CGROUP_SELF])
		return layout_field_name(LAYOUT_CGROUP_SELF);
	return NULL;
}

static void fetch_image(struct fetch *f, const struct hook_cfg *cfg, const char *task)
{
	char base[FETCH_BASE_MAX];

	member_follow(base, cfg, LAYOUT_TASK_FS, task);
	member_fetch(f, cfg, FETCH_ROOT_MNT, member_word(cfg), LAYOUT_FS_ROOT_MNT, base);
	member_fetch(f, cfg, FETCH_ROOT_DENTRY, member_word(cfg), LAYOUT_FS_ROOT_DENTRY, base);
	member_follow(base, cfg, LAYOUT_TASK_MM, task);
	member_follow(base, cfg, LAYOUT_MM_EXE, base);
	member_follow(base, cfg, LAYOUT_FILE_DENTRY, base);
	member_follow(base, cfg, LAYOUT_DENTRY_NAME, base);
	fetch_mem(f, FETCH_EXE, FETCH_STRING, 0, "%s", base);
}

/* Fetches @cgroup and its ancestors, and the cgroup of @task's parent process. */
static void fetch_place(struct fetch *f, const struct hook_cfg *cfg, const char *task,
			const char *cgroup)
{
	char base[FETCH_BASE_MAX], above[FETCH_BASE_MAX];

	member_fetch(f, cfg, FETCH_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, cgroup);
	member_follow(base, cfg, LAYOUT_TASK_PARENT, task);
	member_follow(base, cfg, LAYOUT_TASK_CGROUPS, base);
	member_follow(base, cfg, LAYOUT_CSET_CGROUP, base);
	fetch_expr(f, FETCH_ABOVE, member_word(cfg), base);
	member_fetch(f, cfg, FETCH_ABOVE_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, base);
	if (cfg->v1) {
		member_follow(base, cfg, LAYOUT_TASK_PARENT, task);
		member_follow(base, cfg, LAYOUT_TASK_CGROUPS, base);
		cgroup_v1_follow(above, cfg->v1, cfg->layout, cfg->machine, base);
		fetch_expr(f, FETCH_ABOVE_V1, member_word(cfg), above);
		member_fetch(f, cfg, FETCH_ABOVE_V1_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, above);
	}
	snprintf(base, sizeof(base), "%s", cgroup);
	for (int i = 0; i < STARTUP_CHAIN; i++) {
		fetch_expr(f, (enum fetch_value)(FETCH_WORD + i), member_word(cfg), base);
		member_follow(base, cfg, LAYOUT_CGROUP_PARENT, base);
	}
}

static void fetch_current(struct fetch *f, const struct hook_cfg *cfg, const char *current)
{
	member_fetch(f, cfg, FETCH_TID, FETCH_S32, LAYOUT_TASK_TID, current);
	member_fetch(f, cfg, FETCH_TGID, FETCH_S32, LAYOUT_TASK_TGID, current);
}

void startup_fetch_attach(struct fetch *f, const struct hook_cfg *cfg)
{
	const char *task = cfg->machine->args[1], *cgroup = cfg->machine->args[0];
	char base[FETCH_BASE_MAX];

	member_fetch(f, cfg, FETCH_PID, FETCH_S32, LAYOUT_TASK_TGID, task);
	member_fetch(f, cfg, FETCH_TASK_FLAGS, FETCH_U32, LAYOUT_TASK_FLAGS, task);
	fetch_image(f, cfg, task);
	fetch_place(f, cfg, task, cgroup);
	member_follow(base, cfg, LAYOUT_CGROUP_KN, cgroup);
	member_fetch(f, cfg, FETCH_CGROUP, FETCH_U64, LAYOUT_KN_ID, base);
	member_follow(base, cfg, LAYOUT_CGROUP_ROOT, cgroup);
	member_fetch(f, cfg, FETCH_DST_ROOT, FETCH_S32, LAYOUT_ROOT_HIERARCHY, base);
}

void startup_fetch_newtask(struct fetch *f, const struct hook_cfg *cfg)
{
	const char *task = cfg->machine->args[0];
	char current[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX], v1[FETCH_BASE_MAX];

	current_task(current, cfg);
	fetch_current(f, cfg, current);
	member_fetch(f, cfg, FETCH_CURRENT_CSET, member_word(cfg), LAYOUT_TASK_CGROUPS, current);
	member_fetch(f, cfg, FETCH_PID, FETCH_S32, LAYOUT_TASK_TGID, task);
	member_fetch(f, cfg, FETCH_CSET, member_word(cfg), LAYOUT_TASK_CGROUPS, task);
	fetch_image(f, cfg, task);
	member_follow(cgroup, cfg, LAYOUT_TASK_CGROUPS, task);
	if (cfg->v1) {
		cgroup_v1_follow(v1, cfg->v1, cfg->layout, cfg->machine, cgroup);
		member_fetch(f, cfg, FETCH_V1_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, v1);
	}
	member_follow(cgroup, cfg, LAYOUT_CSET_CGROUP, cgroup);
	fetch_place(f, cfg, task, cgroup);
}

void startup_fetch_exec(struct fetch *f, const struct hook_cfg *cfg)
{
	char current[FETCH_BASE_MAX];

	current_task(current, cfg);
	fetch_current(f, cfg, current);
	fetch_image(f, cfg, current);
}
