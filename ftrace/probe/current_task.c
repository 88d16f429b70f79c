// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/current_task.h"

#include <inttypes.h>
#include <stdio.h>

#include "compat/host/machine.h"
#include "core/base/util.h"
#include "ftrace/probe/cgroup_id.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/member.h"

void current_task(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg)
{
	snprintf(to, FETCH_BASE_MAX, "@0x%" PRIx64, cfg->current);
}

void current_task_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg,
			 enum layout_field field)
{
	current_task(to, cfg);
	member_follow(to, cfg, field, to);
}

/* Fetches the value at the end of @path. Does nothing if the layout lacks a part of the path. */
static void fetch_chain(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
			enum fetch_type type, const enum layout_field *path, size_t len)
{
	char base[FETCH_BASE_MAX];

	for (size_t i = 0; i < len; i++)
		if (!layout_has(cfg->layout, path[i]))
			return;
	current_task(base, cfg);
	for (size_t i = 0; i + 1 < len; i++)
		member_follow(base, cfg, path[i], base);
	member_fetch(f, cfg, v, type, path[len - 1], base);
}

void current_task_fetch_tid(struct fetch *f, const struct hook_cfg *cfg)
{
	static const enum layout_field tid[] = {LAYOUT_TASK_TID};

	fetch_chain(f, cfg, FETCH_TID, FETCH_S32, tid, ARRAY_SIZE(tid));
}

bool current_task_has_call(const struct hook_cfg *cfg)
{
	return layout_has(cfg->layout, LAYOUT_TASK_STACK) &&
	       layout_has(cfg->layout, LAYOUT_STACK_REGS);
}

/* Fetches x86-64's thread_info.status. True if that, or no_compat, makes the ABI known. */
static bool fetch_status(struct fetch *f, const struct hook_cfg *cfg)
{
	static const enum layout_field in_task[] = {LAYOUT_TASK_STATUS},
				       on_stack[] = {LAYOUT_TASK_STACK, LAYOUT_STACK_STATUS};

	if (!cfg->machine->has_status)
		return false;
	if (layout_has(cfg->layout, LAYOUT_TASK_STATUS))
		fetch_chain(f, cfg, FETCH_STATUS, FETCH_U32, in_task, ARRAY_SIZE(in_task));
	else if (layout_has(cfg->layout, LAYOUT_STACK_STATUS))
		fetch_chain(f, cfg, FETCH_STATUS, FETCH_U32, on_stack, ARRAY_SIZE(on_stack));
	else
		return cfg->no_compat;
	return true;
}

void current_task_fetch_call(struct fetch *f, const struct hook_cfg *cfg)
{
	char stack[FETCH_BASE_MAX];
	bool status;

	if (!current_task_has_call(cfg))
		return;
	status = fetch_status(f, cfg);
	current_task_follow(stack, cfg, LAYOUT_TASK_STACK);
	for (int reg = 0; reg < SAVED_REGS; reg++) {
		enum fetch_value v = (enum fetch_value)(FETCH_NR + reg);
		int off = cfg->machine->saved[reg];
		/* On arm64 the number is an int (35d0e6fb4d21, 4.14); all numbers fit into one. */
		bool word = cfg->machine->word == 4 || reg == SAVED_NR;

		/* If the status is known, only the number and the address are needed. */
		if (off < 0 || (status && reg > SAVED_IP))
			continue;
		fetch_mem(f, v, word ? FETCH_S32 : FETCH_U64,
			  cfg->layout->at[LAYOUT_STACK_REGS] + off, "%s", stack);
	}
	if (cfg->machine->needs_insn)
		fetch_mem(f, FETCH_INSN, FETCH_U32, -4, "+%d(%.60s)",
			  cfg->layout->at[LAYOUT_STACK_REGS] + cfg->machine->saved[SAVED_IP],
			  stack);
}

/*
 * Kernels that keep thread_info on the stack may be older than 4.4. There, the entry code of a
 * 32-bit task's system call may leave its first argument in a register instead of saving it.
 */
static bool saves_compat_args(const struct hook_cfg *cfg)
{
	return layout_has(cfg->layout, LAYOUT_TASK_STATUS) ||
	       !layout_has(cfg->layout, LAYOUT_STACK_STATUS);
}

/* The kernel's entry code saved the arguments, and nothing changes them before the call returns. */
void current_task_fetch_call_args(struct fetch *f, const struct hook_cfg *cfg)
{
	const struct machine *m = cfg->machine;
	char stack[FETCH_BASE_MAX];

	if (!current_task_has_call(cfg))
		return;
	current_task_follow(stack, cfg, LAYOUT_TASK_STACK);
	for (int i = 0; i < MACHINE_CALL_ARGS; i++)
		fetch_mem(f, (enum fetch_value)(FETCH_CALL_ARG + i), member_word(cfg),
			  cfg->layout->at[LAYOUT_STACK_REGS] + m->call_args[i], "%s", stack);
	for (int i = 0; i < MACHINE_CALL_ARGS; i++)
		if (m->compat_args[i] != SAVED_ABSENT && saves_compat_args(cfg))
			fetch_mem(f, (enum fetch_value)(FETCH_COMPAT_ARG + i), FETCH_U32,
				  cfg->layout->at[LAYOUT_STACK_REGS] + m->compat_args[i], "%s",
				  stack);
}

static void fetch_v1(struct fetch *f, const struct hook_cfg *cfg)
{
	char cset[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX];

	current_task_follow(cset, cfg, LAYOUT_TASK_CGROUPS);
	cgroup_v1_follow(cgroup, cfg->v1, cfg->layout, cfg->machine, cset);
	cgroup_v1_fetch_number(f, FETCH_V1_NUMBER, cfg->layout, cgroup);
	member_fetch(f, cfg, FETCH_V1_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, cgroup);
	cgroup_id_fetch(f, FETCH_V1_CGROUP, cfg->layout, cfg->machine, cgroup);
}

static void fetch_v2(struct fetch *f, const struct hook_cfg *cfg)
{
	char cgroup[FETCH_BASE_MAX];

	if (!layout_has(cfg->layout, LAYOUT_TASK_CGROUPS) ||
	    !layout_has(cfg->layout, LAYOUT_CSET_CGROUP))
		return;
	current_task_follow(cgroup, cfg, LAYOUT_TASK_CGROUPS);
	member_follow(cgroup, cfg, LAYOUT_CSET_CGROUP, cgroup);
	cgroup_id_fetch(f, FETCH_CGROUP, cfg->layout, cfg->machine, cgroup);
}

void current_task_fetch(struct fetch *f, const struct hook_cfg *cfg)
{
	static const enum layout_field tgid[] = {LAYOUT_TASK_TGID},
				       nsproxy[] = {LAYOUT_TASK_NSPROXY},
				       mnt[] = {LAYOUT_TASK_NSPROXY, LAYOUT_NSPROXY_MNT,
						LAYOUT_MNT_INUM};

	if (!cfg->current || !layout_has(cfg->layout, LAYOUT_TASK_TID))
		return;
	current_task_fetch_tid(f, cfg);
	fetch_chain(f, cfg, FETCH_TGID, FETCH_S32, tgid, ARRAY_SIZE(tgid));
	if (hook_wants(cfg, FIELD(MNTNS))) {
		/* An exiting task has no nsproxy, and its mntns is read as left-over data. */
		if (cfg->keeps_junk)
			fetch_chain(f, cfg, FETCH_NSPROXY, member_word(cfg), nsproxy,
				    ARRAY_SIZE(nsproxy));
		fetch_chain(f, cfg, FETCH_MNTNS, FETCH_U32, mnt, ARRAY_SIZE(mnt));
	}
	if (hook_wants(cfg, FIELD(CGROUPID) | FIELD(CGROUP_KEY)))
		fetch_v2(f, cfg);
	if (cfg->v1 && cgroup_v1_has(cfg->v1, cfg->layout) && hook_wants(cfg, FIELD(CGROUP_KEY)))
		fetch_v1(f, cfg);
	if (hook_wants(cfg, FIELD(SYSCALL)))
		current_task_fetch_call(f, cfg);
}
