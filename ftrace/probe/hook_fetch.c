// SPDX-License-Identifier: GPL-2.0-or-later
/* What the probes on hooks fetch, and which fields their events can have as a result. */
#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "ftrace/probe/cgroup_id.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/current_task.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/hook_table.h"
#include "ftrace/probe/member.h"

static void fetch_pinned_uid(struct fetch *f, const struct hook_cfg *cfg, const char *cred)
{
	if (!cfg->pin_uid)
		return;
	member_fetch(f, cfg, FETCH_UID, FETCH_U32, LAYOUT_CRED_UID, cred);
	fetch_keep_alone(f, FETCH_UID);
}

static void fetch_cred(struct fetch *f, const struct hook_cfg *cfg, enum hook hook,
		       const char *cred)
{
	bool caller = hook_caller(hook);
	bool verdict = hook_wants(cfg, FIELD(VERDICT)) && (cfg->compute || caller);
	char ns[FETCH_BASE_MAX];

	if (cfg->pin_uid)
		fetch_pinned_uid(f, cfg, cred);
	else if (hook_wants(cfg, FIELD(UID)))
		member_fetch(f, cfg, FETCH_UID, FETCH_U32, LAYOUT_CRED_UID, cred);
	if (hook_wants(cfg, FIELD(GID)))
		member_fetch(f, cfg, FETCH_GID, FETCH_U32, LAYOUT_CRED_GID, cred);
	if (hook == HOOK_PRCTL)
		member_fetch(f, cfg, FETCH_SECUREBITS, FETCH_U32, LAYOUT_CRED_SECUREBITS, cred);
	if (verdict || hook_wants(cfg, FIELD(CAPS)))
		member_fetch(f, cfg, FETCH_CAPS, FETCH_U64, LAYOUT_CRED_CAPS, cred);
	if (!layout_has(cfg->layout, LAYOUT_CRED_NS))
		return;
	member_follow(ns, cfg, LAYOUT_CRED_NS, cred);
	if (caller || hook_wants(cfg, FIELD(CURRENT_USERNS)) ||
	    (verdict && !layout_has(cfg->layout, LAYOUT_NS_LEVEL)))
		member_fetch(f, cfg, FETCH_CRED_INUM, FETCH_U32, LAYOUT_NS_INUM, ns);
	if (caller || !verdict)
		return;
	member_fetch(f, cfg, FETCH_EUID, FETCH_U32, LAYOUT_CRED_EUID, cred);
	member_fetch(f, cfg, FETCH_CRED_LEVEL, FETCH_S32, LAYOUT_NS_LEVEL, ns);
	fetch_expr(f, FETCH_CRED_NS, member_word(cfg), ns);
}

static void fetch_target(struct fetch *f, const struct hook_cfg *cfg, const char *ns)
{
	bool verdict = hook_wants(cfg, FIELD(VERDICT)) && cfg->compute;

	if (hook_wants(cfg, FIELD(TARGET_USERNS)) ||
	    (verdict && !layout_has(cfg->layout, LAYOUT_NS_LEVEL)))
		member_fetch(f, cfg, FETCH_NS_INUM, FETCH_U32, LAYOUT_NS_INUM, ns);
	if (!verdict)
		return;
	fetch_expr(f, FETCH_NS, member_word(cfg), ns);
	member_fetch(f, cfg, FETCH_NS_LEVEL, FETCH_S32, LAYOUT_NS_LEVEL, ns);
	member_fetch(f, cfg, FETCH_NS_OWNER, FETCH_U32, LAYOUT_NS_OWNER, ns);
	/*
	 * Do not read through this pointer: the parent of the initial namespace is NULL, and a
	 * fault costs more than all other fetches.
	 */
	member_fetch(f, cfg, FETCH_NS_PARENT, member_word(cfg), LAYOUT_NS_PARENT, ns);
}

static void fetch_values(struct fetch *f, const struct hook_cfg *cfg, const struct hook_row *row)
{
	for (const struct hook_value *v = row->values; v->arg || v->expr; v++)
		fetch_expr(f, v->value, v->word ? member_word(cfg) : v->type,
			   v->arg ? cfg->machine->args[v->arg - 1] : v->expr);
}

void hook_fetch_frame(struct fetch *f, const struct hook_cfg *cfg)
{
	fetch_expr(f, FETCH_FRAME, member_word(cfg), cfg->machine->frame);
}

static void fetch_comm(struct fetch *f, const struct hook_cfg *cfg, enum hook hook)
{
	/* Event probes require a type for $comm. For other probes, older kernels reject one. */
	if (hook_wants(cfg, FIELD(COMM)) && cfg->comm && hook != HOOK_TASK)
		fetch_expr(f, FETCH_COMM, FETCH_STRING,
			   hook == HOOK_EPROBE ? "$comm:string" : "$comm");
}

/* Fetches the checked credentials and, unless it follows from them, the target namespace. */
static void fetch_cred_and_target(struct fetch *f, const struct hook_cfg *cfg, enum hook hook)
{
	char cred[FETCH_BASE_MAX];

	if (hook == HOOK_MAIN) {
		fetch_cred(f, cfg, hook, cfg->machine->args[0]);
		fetch_target(f, cfg, cfg->machine->args[1]);
	} else if (hook == HOOK_TASK) {
		fetch_pinned_uid(f, cfg, "$cred");
	} else if (hook == HOOK_EPROBE) {
		fetch_cred(f, cfg, hook, "$cred");
		fetch_target(f, cfg, "$target_ns");
	} else if (cfg->current && layout_has(cfg->layout, LAYOUT_TASK_CRED)) {
		current_task_follow(cred, cfg, LAYOUT_TASK_CRED);
		fetch_cred(f, cfg, hook, cred);
	}
}

static void fetch_check(struct fetch *f, const struct hook_cfg *cfg, enum hook hook)
{
	bool never_audited = hook_caller(hook) && !(hook_table[hook].flags & HOOK_ASKS_AUDITED);

	fetch_comm(f, cfg, hook);
	fetch_cred_and_target(f, cfg, hook);
	current_task_fetch(f, cfg);
	/* Outcomes are not tracked for checks that are never audited. */
	if (hook_wants(cfg, FIELD(OUTCOME)) && hook_wants(cfg, FIELD(SYSCALL)) && cfg->current &&
	    !never_audited)
		current_task_fetch_call_args(f, cfg);
}

void hook_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook hook)
{
	const struct hook_row *row = &hook_table[hook];

	f->len = 0;
	f->overflow = false;
	f->condition[0] = '\0';
	fetch_values(f, cfg, row);
	if (hook == HOOK_MAIN && cfg->pair)
		hook_fetch_frame(f, cfg);
	if (row->fetch)
		row->fetch(f, cfg);
	if (row->flags & HOOK_IS_CHECK)
		fetch_check(f, cfg, hook);
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

uint64_t hook_fields(const struct hook_cfg *cfg, enum hook hook)
{
	bool task = cfg->current && HAS(LAYOUT_TASK_TID);
	bool caller = hook_caller(hook);
	bool cred = !caller || (task && HAS(LAYOUT_TASK_CRED));
	uint64_t f = FIELD(TID) | FIELD(CAP);

	if (hook == HOOK_TRACEPOINT)
		return f | FIELD(VERDICT);

	if (hook != HOOK_EPROBE)
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
	if (hook == HOOK_EPROBE)
		f |= FIELD(VERDICT);
	else if (cred && HAS(LAYOUT_CRED_CAPS, LAYOUT_CRED_NS) &&
		 (hook == HOOK_MAIN || HAS(LAYOUT_NS_INUM)))
		f |= FIELD(VERDICT);
	if (task && HAS(LAYOUT_TASK_TGID))
		f |= FIELD(PID);
	if (task && HAS(LAYOUT_TASK_NSPROXY, LAYOUT_NSPROXY_MNT, LAYOUT_MNT_INUM))
		f |= FIELD(MNTNS);
	if (task && HAS(LAYOUT_TASK_CGROUPS, LAYOUT_CSET_CGROUP) && cgroup_id_has(cfg->layout))
		f |= FIELD(CGROUPID);
	if (task && cfg->v1 && cgroup_v1_has(cfg->v1, cfg->layout))
		f |= FIELD(CGROUP_KEY);
	if (task && current_task_has_call(cfg))
		f |= FIELD(SYSCALL);
	return f;
}
