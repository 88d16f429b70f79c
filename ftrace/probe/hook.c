// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/hook.h"

#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/probe/cgroup_id.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/startup_probe.h"

static const struct {
	const char *symbol;
	unsigned int caller;
} kinds[HOOKS_COUNT] = {
	[HOOK_MAIN] = {"cap_capable", 0},
	[HOOK_CAPSET] = {"cap_capset", CALLER_CAPSET},
	[HOOK_PRCTL] = {"cap_task_prctl", CALLER_PRCTL},
	[HOOK_MMAP_ADDR] = {"cap_mmap_addr", CALLER_MMAP_ADDR},
	[HOOK_OVERCOMMIT] = {"cap_vm_enough_memory", CALLER_OVERCOMMIT},
	[HOOK_RETURN] = {"cap_capable", 0},
	[HOOK_EPROBE] = {"capability/cap_capable", 0},
	[HOOK_TASK] = {"capability/cap_capable", 0},
	[HOOK_TRACEPOINT] = {"capability/cap_capable", 0},
	[HOOK_FORK] = {"task/task_newtask", 0},
	[HOOK_RENAME] = {"task/task_rename", 0},
	[HOOK_FREE] = {"sched/sched_process_free", 0},
	[HOOK_SYSCALL] = {"raw_syscalls/sys_exit", 0},
	[HOOK_COMMIT] = {"commit_creds", 0},
	[HOOK_CGROUP_ATTACH] = {"cgroup_attach_task", 0},
	[HOOK_CGROUP_ATTACHED] = {"cgroup/cgroup_attach_task", 0},
	[HOOK_NEWTASK] = {"wake_up_new_task", 0},
	[HOOK_EXEC] = {"setup_new_exec", 0},
	[HOOK_EXECED] = {"sched/sched_process_exec", 0},
};

const char *hook_symbol(enum hook kind)
{
	return kinds[kind].symbol;
}

unsigned int hook_caller(enum hook kind)
{
	return kinds[kind].caller;
}

bool hook_is_per_cpu(enum hook kind)
{
	switch (kind) {
	case HOOK_MAIN:
	case HOOK_TASK:
	case HOOK_COMMIT:
	case HOOK_CGROUP_ATTACH:
	case HOOK_NEWTASK:
	case HOOK_EXEC:
		return true;
	default:
		return hook_caller(kind);
	}
}

bool hook_is_eprobe(enum hook kind)
{
	return kind == HOOK_EPROBE || kind == HOOK_TASK;
}

static bool wants(const struct hook_cfg *cfg, uint64_t bits)
{
	return cfg->fields & bits;
}

static enum fetch_type word_type(const struct hook_cfg *cfg)
{
	return cfg->machine->word == 8 ? FETCH_U64 : FETCH_U32;
}

/* A member at @cred's or another base; nothing if the layout doesn't know it. */
static void member(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
		   enum fetch_type type, enum layout_field field, const char *base)
{
	if (layout_has(cfg->layout, field))
		fetch_mem(f, v, type, cfg->layout->at[field], "%s", base);
}

static void fetch_pinned_uid(struct fetch *f, const struct hook_cfg *cfg, const char *cred)
{
	if (!cfg->pin_uid)
		return;
	member(f, cfg, FETCH_UID, FETCH_U32, LAYOUT_CRED_UID, cred);
	fetch_keep_alone(f, FETCH_UID);
}

static void fetch_cred(struct fetch *f, const struct hook_cfg *cfg, enum hook kind,
		       const char *cred)
{
	bool caller = hook_caller(kind);
	bool verdict = wants(cfg, FIELD(VERDICT)) && (cfg->compute || caller);
	char ns[FETCH_BASE_MAX];

	if (cfg->pin_uid)
		fetch_pinned_uid(f, cfg, cred);
	else if (wants(cfg, FIELD(UID)))
		member(f, cfg, FETCH_UID, FETCH_U32, LAYOUT_CRED_UID, cred);
	if (wants(cfg, FIELD(GID)))
		member(f, cfg, FETCH_GID, FETCH_U32, LAYOUT_CRED_GID, cred);
	if (kind == HOOK_PRCTL)
		member(f, cfg, FETCH_SECUREBITS, FETCH_U32, LAYOUT_CRED_SECUREBITS, cred);
	if (verdict || wants(cfg, FIELD(CAPS)))
		member(f, cfg, FETCH_CAPS, FETCH_U64, LAYOUT_CRED_CAPS, cred);
	if (!layout_has(cfg->layout, LAYOUT_CRED_NS))
		return;
	snprintf(ns, sizeof(ns), "+%d(%s)", cfg->layout->at[LAYOUT_CRED_NS], cred);
	if (caller || wants(cfg, FIELD(CURRENT_USERNS)) ||
	    (verdict && !layout_has(cfg->layout, LAYOUT_NS_LEVEL)))
		member(f, cfg, FETCH_CRED_INUM, FETCH_U32, LAYOUT_NS_INUM, ns);
	if (caller || !verdict)
		return;
	member(f, cfg, FETCH_EUID, FETCH_U32, LAYOUT_CRED_EUID, cred);
	member(f, cfg, FETCH_CRED_LEVEL, FETCH_S32, LAYOUT_NS_LEVEL, ns);
	fetch_expr(f, FETCH_CRED_NS, word_type(cfg), ns);
}

static void fetch_target(struct fetch *f, const struct hook_cfg *cfg, const char *ns)
{
	bool verdict = wants(cfg, FIELD(VERDICT)) && cfg->compute;

	if (wants(cfg, FIELD(TARGET_USERNS)) ||
	    (verdict && !layout_has(cfg->layout, LAYOUT_NS_LEVEL)))
		member(f, cfg, FETCH_NS_INUM, FETCH_U32, LAYOUT_NS_INUM, ns);
	if (!verdict)
		return;
	fetch_expr(f, FETCH_NS, word_type(cfg), ns);
	member(f, cfg, FETCH_NS_LEVEL, FETCH_S32, LAYOUT_NS_LEVEL, ns);
	member(f, cfg, FETCH_NS_OWNER, FETCH_U32, LAYOUT_NS_OWNER, ns);
	/* No further: the initial namespace's parent is NULL, and a fault costs more than the rest. */
	member(f, cfg, FETCH_NS_PARENT, word_type(cfg), LAYOUT_NS_PARENT, ns);
}

/* All of it hangs off one pointer, so a thread id that matches the record's vouches for it. */
static void fetch_chain(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
			enum fetch_type type, const enum layout_field *path, size_t len)
{
	char base[FETCH_BASE_MAX], next[FETCH_BASE_MAX];

	snprintf(base, sizeof(base), "@0x%" PRIx64, cfg->current);
	for (size_t i = 0; i < len; i++)
		if (!layout_has(cfg->layout, path[i]))
			return;
	for (size_t i = 0; i + 1 < len; i++) {
		snprintf(next, sizeof(next), "+%d(%.90s)", cfg->layout->at[path[i]], base);
		strcpy(base, next);
	}
	member(f, cfg, v, type, path[len - 1], base);
}

static bool has_saved(const struct hook_cfg *cfg)
{
	return layout_has(cfg->layout, LAYOUT_TASK_STACK) &&
	       layout_has(cfg->layout, LAYOUT_STACK_REGS);
}

/* x86-64's thread_info.status; false if nobody knows where it is. */
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

static void fetch_saved(struct fetch *f, const struct hook_cfg *cfg)
{
	char stack[FETCH_BASE_MAX];
	bool status;

	if (!has_saved(cfg))
		return;
	status = fetch_status(f, cfg);
	snprintf(stack, sizeof(stack), "+%d(@0x%" PRIx64 ")", cfg->layout->at[LAYOUT_TASK_STACK],
		 cfg->current);
	for (int reg = 0; reg < SAVED_REGS; reg++) {
		enum fetch_value v = (enum fetch_value)(FETCH_NR + reg);
		int off = cfg->machine->saved[reg];
		/* arm64's number is an int (35d0e6fb4d21, 4.14), and none is more than that. */
		bool word = cfg->machine->word == 4 || reg == SAVED_NR;

		/* With the status only the number and the address are needed. */
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
 * Kernels with thread_info on the stack may be so old (before 4.4) that a 32-bit task's system call
 * leaves its first argument in a register of C's.
 */
static bool saves_compat_args(const struct hook_cfg *cfg)
{
	return layout_has(cfg->layout, LAYOUT_TASK_STATUS) ||
	       !layout_has(cfg->layout, LAYOUT_STACK_STATUS);
}

/* The entry saved them, and nothing changes them before the return. */
static void fetch_call_args(struct fetch *f, const struct hook_cfg *cfg)
{
	const struct machine *m = cfg->machine;
	char stack[FETCH_BASE_MAX];

	if (!has_saved(cfg))
		return;
	snprintf(stack, sizeof(stack), "+%d(@0x%" PRIx64 ")", cfg->layout->at[LAYOUT_TASK_STACK],
		 cfg->current);
	for (int i = 0; i < MACHINE_CALL_ARGS; i++)
		fetch_mem(f, (enum fetch_value)(FETCH_CALL_ARG + i), word_type(cfg),
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

	snprintf(cset, sizeof(cset), "+%d(@0x%" PRIx64 ")", cfg->layout->at[LAYOUT_TASK_CGROUPS],
		 cfg->current);
	cgroup_v1_follow(cgroup, cfg->v1, cfg->layout, cfg->machine, cset);
	cgroup_v1_fetch_number(f, FETCH_V1_NUMBER, cfg->layout, cgroup);
	member(f, cfg, FETCH_V1_LEVEL, FETCH_S32, LAYOUT_CGROUP_LEVEL, cgroup);
	cgroup_id_fetch(f, FETCH_V1_CGROUP, cfg->layout, cfg->machine, cgroup);
}

static void fetch_v2(struct fetch *f, const struct hook_cfg *cfg)
{
	char cgroup[FETCH_BASE_MAX];

	if (!layout_has(cfg->layout, LAYOUT_TASK_CGROUPS) ||
	    !layout_has(cfg->layout, LAYOUT_CSET_CGROUP))
		return;
	snprintf(cgroup, sizeof(cgroup), "+%d(+%d(@0x%" PRIx64 "))",
		 cfg->layout->at[LAYOUT_CSET_CGROUP], cfg->layout->at[LAYOUT_TASK_CGROUPS],
		 cfg->current);
	cgroup_id_fetch(f, FETCH_CGROUP, cfg->layout, cfg->machine, cgroup);
}

static void fetch_task(struct fetch *f, const struct hook_cfg *cfg)
{
	static const enum layout_field tid[] = {LAYOUT_TASK_TID}, tgid[] = {LAYOUT_TASK_TGID},
				       nsproxy[] = {LAYOUT_TASK_NSPROXY},
				       mnt[] = {LAYOUT_TASK_NSPROXY, LAYOUT_NSPROXY_MNT,
						LAYOUT_MNT_INUM};

	if (!cfg->current || !layout_has(cfg->layout, LAYOUT_TASK_TID))
		return;
	fetch_chain(f, cfg, FETCH_TID, FETCH_S32, tid, ARRAY_SIZE(tid));
	fetch_chain(f, cfg, FETCH_TGID, FETCH_S32, tgid, ARRAY_SIZE(tgid));
	if (wants(cfg, FIELD(MNTNS))) {
		/* An exiting task has none. */
		if (cfg->junk)
			fetch_chain(f, cfg, FETCH_NSPROXY, word_type(cfg), nsproxy,
				    ARRAY_SIZE(nsproxy));
		fetch_chain(f, cfg, FETCH_MNTNS, FETCH_U32, mnt, ARRAY_SIZE(mnt));
	}
	if (wants(cfg, FIELD(CGROUPID) | FIELD(CGROUP_KEY)))
		fetch_v2(f, cfg);
	if (cfg->v1 && cgroup_v1_has(cfg->v1, cfg->layout) && wants(cfg, FIELD(CGROUP_KEY)))
		fetch_v1(f, cfg);
	if (wants(cfg, FIELD(SYSCALL)))
		fetch_saved(f, cfg);
}

static void fetch_args(struct fetch *f, const struct hook_cfg *cfg, enum hook kind)
{
	const char *const *arg = cfg->machine->args;
	enum fetch_type word = word_type(cfg);

	switch (kind) {
	case HOOK_MAIN:
		fetch_expr(f, FETCH_CAP, FETCH_S32, arg[2]);
		fetch_expr(f, FETCH_OPTS, FETCH_U32, arg[3]);
		if (cfg->pair)
			fetch_expr(f, FETCH_FRAME, word, cfg->machine->frame);
		break;
	case HOOK_RETURN:
		fetch_expr(f, FETCH_RET, FETCH_S32, "$retval");
		fetch_expr(f, FETCH_FRAME, word, cfg->machine->frame);
		break;
	case HOOK_PRCTL:
		fetch_expr(f, FETCH_ARG1, FETCH_S32, arg[0]);
		fetch_expr(f, FETCH_ARG2, word, arg[1]);
		break;
	case HOOK_MMAP_ADDR:
		fetch_expr(f, FETCH_ARG1, word, arg[0]);
		break;
	case HOOK_EPROBE:
		fetch_expr(f, FETCH_CAP, FETCH_S32, "$cap");
		fetch_expr(f, FETCH_RET, FETCH_S32, "$ret");
		break;
	case HOOK_TASK:
		fetch_expr(f, FETCH_CAP, FETCH_S32, "$cap");
		break;
	/* Of a tracepoint the names are found, nothing is defined. */
	case HOOK_TRACEPOINT:
		fetch_expr(f, FETCH_CAP, FETCH_S32, "");
		fetch_expr(f, FETCH_RET, FETCH_S32, "");
		break;
	case HOOK_FORK:
		fetch_expr(f, FETCH_PID, FETCH_S32, "");
		fetch_expr(f, FETCH_CLONE_FLAGS, FETCH_U64, "");
		fetch_expr(f, FETCH_COMM, FETCH_STRING, "");
		break;
	case HOOK_RENAME:
		fetch_expr(f, FETCH_PID, FETCH_S32, "");
		fetch_expr(f, FETCH_NEW_COMM, FETCH_STRING, "");
		break;
	case HOOK_FREE:
		fetch_expr(f, FETCH_PID, FETCH_S32, "");
		break;
	case HOOK_SYSCALL:
		fetch_expr(f, FETCH_ID, FETCH_U64, "");
		fetch_expr(f, FETCH_RET, FETCH_U64, "");
		break;
	case HOOK_CGROUP_ATTACH:
	case HOOK_CGROUP_ATTACHED:
	case HOOK_NEWTASK:
	case HOOK_EXEC:
	case HOOK_EXECED:
		startup_fetch(f, cfg, kind);
		break;
	case HOOK_CAPSET:
	case HOOK_OVERCOMMIT:
	case HOOK_COMMIT:
	case HOOKS_COUNT:
		break;
	}
}

const struct hook_id hook_ids[HOOK_COMMIT_IDS] = {
	{LAYOUT_CRED_UID, FETCH_UID, FETCH_OLD_UID},
	{LAYOUT_CRED_GID, FETCH_GID, FETCH_OLD_GID},
	{LAYOUT_CRED_SUID, FETCH_SUID, FETCH_OLD_SUID},
	{LAYOUT_CRED_SGID, FETCH_SGID, FETCH_OLD_SGID},
	{LAYOUT_CRED_EUID, FETCH_EUID, FETCH_OLD_EUID},
	{LAYOUT_CRED_EGID, FETCH_EGID, FETCH_OLD_EGID},
	{LAYOUT_CRED_FSUID, FETCH_FSUID, FETCH_OLD_FSUID},
	{LAYOUT_CRED_FSGID, FETCH_FSGID, FETCH_OLD_FSGID},
};

bool hook_can_commit(const struct layout *l)
{
	for (int i = 0; i < HOOK_COMMIT_IDS; i++)
		if (!layout_has(l, hook_ids[i].at))
			return false;
	return layout_has(l, LAYOUT_TASK_CRED) && layout_has(l, LAYOUT_TASK_TID);
}

/*
 * commit_creds(new): task->cred and real_cred are the same there, or it is a bug (d84f4f992cbd,
 * 2.6.29), and are the old ones yet.
 */
static void fetch_commit(struct fetch *f, const struct hook_cfg *cfg)
{
	static const enum layout_field tid[] = {LAYOUT_TASK_TID};
	const char *new = cfg->machine->args[0];
	char old[FETCH_BASE_MAX];

	if (!cfg->current || !hook_can_commit(cfg->layout))
		return;
	snprintf(old, sizeof(old), "+%d(@0x%" PRIx64 ")", cfg->layout->at[LAYOUT_TASK_CRED],
		 cfg->current);
	for (int i = 0; i < HOOK_COMMIT_IDS; i++)
		member(f, cfg, hook_ids[i].now, FETCH_U32, hook_ids[i].at, new);
	for (int i = 0; i < HOOK_COMMIT_IDS; i++)
		member(f, cfg, hook_ids[i].before, FETCH_U32, hook_ids[i].at, old);
	member(f, cfg, FETCH_PERMITTED, FETCH_U64, LAYOUT_CRED_PERMITTED, new);
	fetch_chain(f, cfg, FETCH_TID, FETCH_S32, tid, ARRAY_SIZE(tid));
	fetch_saved(f, cfg);
	fetch_call_args(f, cfg);
}

void hook_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook kind)
{
	char cred[FETCH_BASE_MAX];

	f->len = 0;
	f->overflow = false;
	f->condition[0] = '\0';
	fetch_args(f, cfg, kind);
	if (kind == HOOK_COMMIT)
		fetch_commit(f, cfg);
	if (kind >= HOOK_RETURN && !hook_is_eprobe(kind))
		return;
	if (wants(cfg, FIELD(COMM)) && cfg->comm && kind != HOOK_TASK)
		/* Event probes have to be told its type; others know, and older ones refuse it. */
		fetch_expr(f, FETCH_COMM, FETCH_STRING,
			   kind == HOOK_EPROBE ? "$comm:string" : "$comm");
	if (kind == HOOK_MAIN) {
		fetch_cred(f, cfg, kind, cfg->machine->args[0]);
		fetch_target(f, cfg, cfg->machine->args[1]);
	} else if (kind == HOOK_TASK) {
		fetch_pinned_uid(f, cfg, "$cred");
	} else if (kind == HOOK_EPROBE) {
		fetch_cred(f, cfg, kind, "$cred");
		fetch_target(f, cfg, "$target_ns");
	} else if (cfg->current && layout_has(cfg->layout, LAYOUT_TASK_CRED)) {
		snprintf(cred, sizeof(cred), "+%d(@0x%" PRIx64 ")",
			 cfg->layout->at[LAYOUT_TASK_CRED], cfg->current);
		fetch_cred(f, cfg, kind, cred);
	}
	fetch_task(f, cfg);
	/* Overcommit never asks with audit, and no outcome is waited for. */
	if (wants(cfg, FIELD(OUTCOME)) && wants(cfg, FIELD(SYSCALL)) && cfg->current &&
	    kind != HOOK_OVERCOMMIT)
		fetch_call_args(f, cfg);
}

static bool has_all(const struct layout *l, const enum layout_field *fields, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!layout_has(l, fields[i]))
			return false;
	return true;
}

#define HAS(...)                                                       \
	has_all(cfg->layout, (const enum layout_field[]){__VA_ARGS__}, \
		sizeof((const enum layout_field[]){__VA_ARGS__}) / sizeof(enum layout_field))

uint64_t hook_fields(const struct hook_cfg *cfg, enum hook kind)
{
	bool task = cfg->current && HAS(LAYOUT_TASK_TID);
	bool caller = hook_caller(kind);
	bool cred = !caller || (task && HAS(LAYOUT_TASK_CRED));
	uint64_t f = FIELD(TID) | FIELD(CAP);

	if (kind == HOOK_TRACEPOINT)
		return f | FIELD(VERDICT);

	if (kind != HOOK_EPROBE)
		f |= FIELD(AUDIT) | FIELD(INSETID);
	if (cfg->comm)
		f |= FIELD(COMM);
	if (cred && HAS(LAYOUT_CRED_UID))
		f |= FIELD(UID);
	if (cred && HAS(LAYOUT_CRED_GID))
		f |= FIELD(GID);
	if (cred && HAS(LAYOUT_CRED_CAPS))
		f |= FIELD(CAPS);
	if (cred && HAS(LAYOUT_CRED_NS, LAYOUT_NS_INUM))
		f |= FIELD(CURRENT_USERNS) | FIELD(TARGET_USERNS);
	if (!caller && HAS(LAYOUT_NS_INUM))
		f |= FIELD(TARGET_USERNS);
	if (kind == HOOK_EPROBE)
		f |= FIELD(VERDICT);
	else if (cred && HAS(LAYOUT_CRED_CAPS, LAYOUT_CRED_NS) &&
		 (kind == HOOK_MAIN || HAS(LAYOUT_NS_INUM)))
		f |= FIELD(VERDICT);
	if (task && HAS(LAYOUT_TASK_TGID))
		f |= FIELD(PID);
	if (task && HAS(LAYOUT_TASK_NSPROXY, LAYOUT_NSPROXY_MNT, LAYOUT_MNT_INUM))
		f |= FIELD(MNTNS);
	if (task && HAS(LAYOUT_TASK_CGROUPS, LAYOUT_CSET_CGROUP) && cgroup_id_has(cfg->layout))
		f |= FIELD(CGROUPID);
	if (task && cfg->v1 && cgroup_v1_has(cfg->v1, cfg->layout))
		f |= FIELD(CGROUP_KEY);
	if (task && has_saved(cfg))
		f |= FIELD(SYSCALL);
	return f;
}
