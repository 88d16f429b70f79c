// SPDX-License-Identifier: GPL-2.0-or-later
/* What HOOK_COMMIT's probe fetches: a task's current ids and the ids that it is about to get. */
#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "ftrace/probe/current_task.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/hook_table.h"
#include "ftrace/probe/member.h"

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
 * At the entry of commit_creds(new), task->cred and real_cred are equal, which the kernel asserts
 * (d84f4f992cbd, 2.6.29), and are still the old credentials.
 */
void hook_fetch_commit(struct fetch *f, const struct hook_cfg *cfg)
{
	const char *new = cfg->machine->args[0];
	char old[FETCH_BASE_MAX];

	if (!cfg->current || !hook_can_commit(cfg->layout))
		return;
	current_task_follow(old, cfg, LAYOUT_TASK_CRED);
	for (int i = 0; i < HOOK_COMMIT_IDS; i++)
		member_fetch(f, cfg, hook_ids[i].now, FETCH_U32, hook_ids[i].at, new);
	for (int i = 0; i < HOOK_COMMIT_IDS; i++)
		member_fetch(f, cfg, hook_ids[i].before, FETCH_U32, hook_ids[i].at, old);
	member_fetch(f, cfg, FETCH_PERMITTED, FETCH_U64, LAYOUT_CRED_PERMITTED, new);
	current_task_fetch_tid(f, cfg);
	current_task_fetch_call(f, cfg);
	current_task_fetch_call_args(f, cfg);
}
