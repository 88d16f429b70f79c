// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/plan.h"

#include <errno.h>
#include <stdio.h>

#include "core/advise/advise.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/event/column.h"
#include "core/event/filter.h"
#include "core/event/origin.h"
#include "core/sink.h"

uint64_t plan_fields(const struct plan_request *q)
{
	uint64_t fields = filter_needs(q->filter) | FIELD(AUDIT);

	if (q->sink->whole)
		fields |= (FIELDS_BACKEND & ~FIELD(KSTACK)) | FIELDS_IDENTITY;
	else
		for (size_t i = 0; i < q->cols_len; i++)
			fields |= q->cols[i]->needs;
	fields |= q->sink->outcome ? FIELD(OUTCOME) | FIELD(CRED_OVERRIDE) : 0;
	fields |= q->sink->exec ? FIELD(EXEC) : 0;
	fields |= q->kstack || q->advise->explain ? FIELD(KSTACK) : 0;
	fields |= q->hide_startup ? FIELD(STARTUP) : 0;
	fields |= q->unique ? UNIQUE_FIELDS & ~FIELD(STARTUP) : 0;
	/* Start-up can only be told if the cgroup's owner is known. */
	if (fields & FIELD(STARTUP))
		fields |= FIELD(CGROUP);
	/*
	 * A backend that does not give the cgroup key may give the id, which on most machines is
	 * the same.
	 */
	if (fields & FIELDS_IDENTITY)
		fields |= FIELD(CGROUP_KEY) | FIELD(CGROUPID);
	if (fields & FIELDS_CONTAINER)
		fields |= FIELD(MNTNS);
	return fields;
}

bool plan_needs_identity(const struct plan_request *q)
{
	return !q->files_len && plan_fields(q) & FIELDS_IDENTITY;
}

static bool decides_by_combination(const struct plan_request *q)
{
	return !(filter_needs(q->filter) & ~UNIQUE_FIELDS);
}

bool plan_counts_unique(const struct plan_request *q)
{
	return q->unique && decides_by_combination(q);
}

bool plan_aggregates(const struct plan_request *q)
{
	/* Aggregates don't contain the user. */
	return q->sink->aggregate && decides_by_combination(q) && q->advise->by != ADVISE_BY_UID;
}

const char *plan_spec(const struct plan_request *q)
{
	return q->files_len ? "replay" : q->backend;
}

void plan_backend(const struct plan_request *q, const struct plan_command *command,
		  struct backend_cfg *cfg)
{
	*cfg = (struct backend_cfg){
		.btf_path = q->btf_path,
		.buffer_size = q->buffer_size,
		.fields = plan_fields(q),
		.unique = plan_counts_unique(q),
		.aggregate = plan_aggregates(q),
		.by_cgroup = filter_needs(q->filter) & FIELDS_IDENTITY,
		.files = q->files,
		.files_len = q->files_len,
		.target =
			{
				.all = !command->pid && !q->pids_len,
				.follow = command->pid || q->follow,
				.pids = command->pid ? &command->pid : q->pids,
				.pids_len = command->pid ? 1 : q->pids_len,
				.command = command->pid,
			},
	};
	filter_pushdown(q->filter, !q->unaudited, &cfg->prefilter);
}

static int unknown_cgroup(const char *variant, const struct backend_ops *const *table,
			  struct err *e)
{
	char other[64];
	bool known = backend_giving(table, FIELD(CGROUP_KEY), other, sizeof(other));

	return err_set(e, -EINVAL,
		       "%s does not report cgroups on this kernel, so containers, pods and units "
		       "are unknown%s%s%s",
		       variant, known ? "; " : "", known ? other : "",
		       known ? " does where it is supported" : "");
}

int plan_check_filter(const struct filter *f, uint64_t given, const char *variant,
		      const struct backend_ops *const *table, struct err *e)
{
	const struct column *col = filter_unmet(f, given);
	uint64_t needs = filter_needs(f) & ~given;
	char other[64];

	if (!needs)
		return 0;
	if (needs & FIELDS_IDENTITY)
		return unknown_cgroup(variant, table, e);
	if (!backend_giving(table, col->needs, other, sizeof(other)))
		return err_set(e, -EINVAL, "filter on '%s': no backend of this build reports it",
			       col->name);
	return err_set(e, -EINVAL,
		       "filter on '%s': %s does not report it on this kernel; %s does where it is "
		       "supported (captrace doctor shows what works)",
		       col->name, variant, other);
}

void plan_describe(const struct plan_request *q, uint64_t given, const char *variant,
		   const struct plan_command *command, struct cap_origin *origin)
{
	pid_t first = command->pid ? command->pid : q->pids_len ? q->pids[0] : 0;

	origin_init(origin);
	snprintf(origin->variant, sizeof(origin->variant), "%s", variant);
	origin->fields = given & plan_fields(q);
	origin->unaudited = q->unaudited;
	origin->command = q->command;
	origin->path = command->path;
	origin->pids = q->pids;
	origin->pids_len = q->pids_len;
	if (first)
		cap_sets_read(&origin->sets, first);
}
