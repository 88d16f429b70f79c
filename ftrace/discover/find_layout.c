// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: probes dump the structures to which the arguments of a reference task's checks
 * and the current task point. Offsets are found by known values, or by what changes when the
 * reference task does something. None is used before two more reference tasks with other values
 * confirm it (ftrace/discover/verify.c).
 */
#include <inttypes.h>

#include "compat/host/cgroup_dir.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "ftrace/discover/finder.h"
#include "ftrace/discover/internal.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/feed/owner_name.h"
#include "ftrace/probe/cgroup_id.h"

#define CRED_SIZE   384
#define USERNS_SIZE 768
#define TRIES       3

/*
 * With an even seed a thread makes the checks, with an odd one a process, which may create user
 * namespaces.
 */
#define SEED_TASK   2
#define SEED_USERNS 3
static const uint32_t seeds_again[2] = {4, 5};

static int find_cred(struct finder *f, struct err *e)
{
	unsigned char buf[CRED_SIZE];
	struct dump cred = finder_memory(f, buf, sizeof(buf));
	const struct dump_request req = {dump_cred_arg(f->ctx), 0, sizeof(buf), buf};
	struct dump_seen seen;
	int rc = dump_read(f->t, REFERENCE_ASK, &req, &seen, e);

	if (!rc)
		layout_find_cred(f->l, &cred, trial_known(f->t), seen.ns);
	return rc;
}

/*
 * 3.10 has no levels, and RHEL 7 has them at another place. Then the namespaces of three
 * generations are compared.
 */
static int find_level(struct finder *f, const struct dump *parent, const struct dump *child,
		      struct err *e)
{
	unsigned char buf[USERNS_SIZE];
	const struct dump ns[LEVELS] = {*parent, *child, finder_memory(f, buf, sizeof(buf))};
	const struct dump_request req = {dump_ns_arg(f->ctx), 0, sizeof(buf), buf};
	int rc = trial_map_ids(f->t);

	if (!rc)
		rc = trial_do(f->t, REFERENCE_USER);
	if (!rc)
		rc = dump_read(f->t, REFERENCE_ASK, &req, NULL, e);
	if (!rc)
		layout_find_level(f->l, ns);
	return rc == -ENOMEM ? rc : 0;
}

static int find_userns(struct finder *f, struct err *e)
{
	unsigned char before[USERNS_SIZE], after[USERNS_SIZE];
	struct dump old = finder_memory(f, before, sizeof(before)),
		    new = finder_memory(f, after, sizeof(after));
	const struct dump_request parent = {dump_ns_arg(f->ctx), 0, sizeof(before), before},
				  child = {dump_ns_arg(f->ctx), 0, sizeof(after), after};
	struct dump_seen seen;
	int rc = dump_read(f->t, REFERENCE_ASK, &parent, &seen, e);

	if (rc)
		return rc;
	rc = trial_do(f->t, REFERENCE_USER);
	if (rc) {
		log_verbose("%s: layout discovery: user namespaces can't be created here",
			    f->ctx->name);
		f->ctx->no_userns = true;
		/* Only the initial namespace can be looked at. */
		f->l->at[LAYOUT_NS_INUM] = dump_find_u32s(&old, &trial_known(f->t)->userns, 1);
		return 0;
	}
	rc = dump_read(f->t, REFERENCE_ASK, &child, NULL, e);
	if (rc)
		return rc;
	layout_find_userns(f->l, &new, &old, trial_known(f->t), seen.ns);
	return layout_has(f->l, LAYOUT_NS_LEVEL) ? 0 : find_level(f, &old, &new, e);
}

static void set_current(struct finder *f, int cpu)
{
	*f->current = '\0';
	if (f->ctx->current)
		snprintf(f->current, sizeof(f->current), "@0x%" PRIx64, f->ctx->current[cpu]);
}

static void close_trial(struct finder *f)
{
	trial_close(f->t);
	f->t = NULL;
}

static int find_by_task(struct finder *f, struct discovery *d, struct err *e)
{
	int rc = find_cred(f, e);

	do {
		set_current(f, d->cfg.cpu);
		if (!rc && *f->current)
			rc = finder_task(f, e);
		/* The reference task is not there: the guess was wrong. */
	} while (!rc && !layout_has(f->l, LAYOUT_TASK_TID) && discovery_next_guess(d));
	if (!rc && *f->current)
		rc = finder_status(f, e);
	if (!rc && *f->current && layout_has(f->l, LAYOUT_TASK_COMM)) {
		rc = finder_mntns(f, e);
		if (!rc)
			rc = finder_cgroup(f, e);
		if (!rc)
			rc = finder_v1(f, e);
	}
	return rc;
}

static int find(struct finder *f, struct discovery *d, struct err *e)
{
	int rc = trial_open_reference(&f->t, &d->cfg, SEED_TASK, f->hierarchy, e);

	if (!rc)
		rc = find_by_task(f, d, e);
	close_trial(f);
	if (!rc)
		rc = trial_open_reference(&f->t, &d->cfg, SEED_USERNS, f->hierarchy, e);
	if (!rc)
		rc = find_userns(f, e);
	close_trial(f);
	return rc;
}

static int find_and_verify(struct discovery *d, struct err *e)
{
	struct finder f = {.ctx = d->ctx, .l = &d->ctx->layout};
	int rc = -ENOMEM;

	if (discovery_set_v1(d->ctx))
		f.hierarchy = d->ctx->cgroups->v1;
	f.task = calloc(1, FINDER_TASK_SIZE);
	f.later = calloc(1, FINDER_TASK_SIZE);
	if (f.task && f.later)
		rc = find(&f, d, e);
	free(f.task);
	free(f.later);
	return rc ? rc : discovery_verify(d, seeds_again, e);
}

/*
 * False for rq.curr, which is only another path to the current task, and for the registers on the
 * stack, which are searched later. Each kernel has one of the forms of a cgroup's id.
 */
bool discovery_looks_for(const struct probe_context *ctx, enum layout_field f)
{
	const struct cgroup_hierarchy *c = ctx->cgroups;
	char path[4096];
	bool v1 = c && c->v1, v2 = !cgroup_dir_of(0, 0, path, sizeof(path));

	switch (f) {
	case LAYOUT_TASK_CGROUPS:
		return v1 || v2;
	case LAYOUT_CGROUP_KN:
	case LAYOUT_KN_INO:
	case LAYOUT_CGROUP_DENTRY:
	case LAYOUT_DENTRY_INODE:
	case LAYOUT_INODE_INO:
		return layout_has(&ctx->layout, f);
	case LAYOUT_KN_ID:
		return (v1 || v2) && !cgroup_id_has(&ctx->layout);
	case LAYOUT_CSET_CGROUP:
		return v2;
	case LAYOUT_CGROUP_ROOT:
	case LAYOUT_ROOT_HIERARCHY:
	case LAYOUT_CSET_LINKS:
	case LAYOUT_LINK_CGROUP:
	case LAYOUT_LINK_ENTRY:
		return v1;
	case LAYOUT_CSET_SUBSYS:
	case LAYOUT_CSS_CGROUP:
		return v1 && c->controller;
	/* The status is in one of two places. */
	case LAYOUT_TASK_STATUS:
		return ctx->machine->has_status && !ctx->no_compat &&
		       !layout_has(&ctx->layout, LAYOUT_STACK_STATUS);
	/* Without a user namespace of its own discovery can't find these. 3.10 has no level. */
	case LAYOUT_NS_PARENT:
	case LAYOUT_NS_OWNER:
		return !ctx->no_userns;
	case LAYOUT_TASK_STACK:
		return ctx->main != HOOK_EPROBE;
	case LAYOUT_NS_LEVEL:
	case LAYOUT_RQ_CURR:
	case LAYOUT_STACK_REGS:
	case LAYOUT_STACK_STATUS:
		return false;
	default:
		return true;
	}
}

static int count_found(const struct probe_context *ctx, int *all)
{
	int n = 0;

	*all = 0;
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++) {
		if (!discovery_looks_for(ctx, (enum layout_field)f))
			continue;
		++*all;
		n += layout_has(&ctx->layout, (enum layout_field)f);
	}
	return n;
}

static void log_missing(const struct probe_context *ctx)
{
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++)
		if (discovery_looks_for(ctx, (enum layout_field)f) &&
		    !layout_has(&ctx->layout, (enum layout_field)f))
			log_verbose("%s: layout discovery: not found: %s", ctx->name,
				    layout_field_name((enum layout_field)f));
}

/*
 * A member that is recognised because it changed is missed if another word near it happens to
 * change, too. So if members are missing, the search is repeated; but some kernels lack some of
 * them.
 */
int discovery_find_layout(struct discovery *d, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	struct layout best = ctx->layout;
	int most = -1, all = 0, rc = 0;

	/* The cgroups of a captrace that was killed during discovery. */
	cgroup_dir_sweep(0, owner_name_is_stale);
	if (ctx->cgroups && ctx->cgroups->v1)
		cgroup_dir_sweep(ctx->cgroups->v1, owner_name_is_stale);
	for (int i = 0; i < TRIES; i++) {
		int found;

		layout_init(&ctx->layout);
		rc = find_and_verify(d, e);
		if (rc == -ENOMEM || (rc && most < 0 && i + 1 == TRIES))
			return err_wrap(e, "layout discovery");
		found = rc ? -1 : count_found(ctx, &all);
		/* No more than before: this kernel has no more. */
		if (found >= 0 && found <= most)
			break;
		if (found > most) {
			best = ctx->layout;
			most = found;
		}
		if (most == all)
			break;
		log_missing(ctx);
	}
	ctx->layout = best;
	ctx->layout.origin = LAYOUT_DISCOVERED;
	log_verbose("%s: layout %s", ctx->name, layout_origin_name(ctx->layout.origin));
	return 0;
}
