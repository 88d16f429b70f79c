// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the place of a task's version 1 cgroup in its css_set. captrace's own child is in every
 * hierarchy, so the search tries each place until the hierarchy there has the number from /proc.
 */
#include <inttypes.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "ftrace/discover/internal.h"
#include "ftrace/feed/feed.h"

#define CONTROLLERS_MAX 32 /* the kernel's CGROUP_SUBSYS_COUNT is 16 at most */
#define NAMED_MAX       6  /* a fetch argument for a later place would be too long */

struct search {
	const struct fetch_map *map;
	int number;
	bool found;
};

static void on_record(void *arg, const struct feed_record *r)
{
	struct search *s = arg;

	s->found |= fetch_get(s->map, FETCH_V1_NUMBER, feed_raw(r), r->size) == s->number;
}

/* Counts the controllers: /proc/cgroups has one line for each, and a comment. */
static int count_controllers(void)
{
	cleanup_fclose FILE *f = fopen("/proc/cgroups", "re");
	char line[256];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += *line != '#';
	return MIN(n, CONTROLLERS_MAX);
}

static int look(struct discovery *d, struct search *s, struct err *e)
{
	const struct probe_context *ctx = d->ctx;
	struct trial *t = d->trial;
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	char cset[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX];
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "cgroups");
	snprintf(cset, sizeof(cset), "+%d(@0x%" PRIx64 ")", ctx->layout.at[LAYOUT_TASK_CGROUPS],
		 ctx->current[d->cfg.cpu]);
	cgroup_v1_follow(cgroup, &ctx->v1, &ctx->layout, ctx->machine, cset);
	cgroup_v1_fetch_number(f, FETCH_V1_NUMBER, &ctx->layout, cgroup);
	rc = trial_define(t, f, e);
	if (rc)
		return rc;
	s->map = trial_map(t);
	trial_step(t, CALIB_AUDITED, on_record, s);
	trial_undefine(t);
	return 0;
}

static int search(struct discovery *d, struct err *e)
{
	struct cgroup_v1 *v1 = &d->ctx->v1;
	struct search s = {.number = v1->number};
	int places = v1->named ? NAMED_MAX : count_controllers();

	for (v1->at = 0; v1->at < places; v1->at++) {
		int rc = look(d, &s, e);

		if (rc || s.found)
			return rc;
	}
	return err_set(e, -ENODATA, "the cgroup's place in css_set was not found");
}

bool discovery_set_v1(struct probe_context *ctx)
{
	const struct cgroup_hierarchy *hierarchy = ctx->cgroups;

	ctx->v1 = (struct cgroup_v1){0};
	if (!hierarchy || !hierarchy->v1)
		return false;
	ctx->v1.named = !hierarchy->controller;
	ctx->v1.root = hierarchy->v1_root;
	ctx->v1.alone = hierarchy->v1_alone;
	return true;
}

int discovery_place_v1(struct discovery *d, struct err *e)
{
	struct probe_context *ctx = d->ctx;
	struct err why = {0};
	int rc;

	if (!discovery_set_v1(ctx))
		return 0;
	ctx->v1.number = ctx->cgroups->v1;
	if (!ctx->current || !cgroup_v1_has(&ctx->v1, &ctx->layout))
		rc = err_set(&why, -ENODATA, "the layout of the structures is not known");
	else
		rc = search(d, &why);
	if (rc == -ENOMEM)
		return err_sys(e, rc, "cgroups");
	if (rc) {
		log_verbose("%s: can't find a task's cgroup in hierarchy %d of version 1: %s",
			    ctx->name, ctx->v1.number, why.msg);
		ctx->v1.number = 0;
	}
	return 0;
}
