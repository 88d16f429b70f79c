// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a css_set has a task's cgroup of version 1. captrace's own child is in each hierarchy, so
 * that each place is looked at until the hierarchy there has the number that /proc says.
 */
#include <inttypes.h>

#include "backends/ftrace/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"

#define CONTROLLERS_MAX 32 /* CGROUP_SUBSYS_COUNT is 16 at most (cgroup.h) */
#define NAMED_MAX       6  /* an argument can't be longer */

struct search {
	const struct fetch_map *map;
	int number;
	bool found;
};

static void on_record(struct ftrace_backend *b, const struct feed_record *r, void *arg)
{
	struct search *s = arg;

	s->found |= fetch_get(s->map, FETCH_V1_NUMBER, feed_raw(r), r->size) == s->number;
}

/* /proc/cgroups has a line for each controller, in their order; what else there is isn't one. */
static int controllers(void)
{
	cleanup_fclose FILE *f = fopen("/proc/cgroups", "re");
	char line[256];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += *line != '#';
	return MIN(n, CONTROLLERS_MAX);
}

static int look(struct ftrace_backend *b, struct trial *t, struct search *s, struct err *e)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	char cset[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX];
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "cgroups");
	snprintf(cset, sizeof(cset), "+%d(@0x%" PRIx64 ")", b->layout.at[LAYOUT_TASK_CGROUPS],
		 b->current[b->cpu]);
	cgroup_v1_follow(cgroup, &b->v1, &b->layout, b->machine, cset);
	cgroup_v1_fetch_number(f, FETCH_V1_NUMBER, &b->layout, cgroup);
	rc = trial_define(t, f, e);
	if (rc)
		return rc;
	s->map = trial_map(t);
	trial_step(t, CALIB_AUDITED, on_record, s);
	trial_undefine(t);
	return 0;
}

static int search(struct ftrace_backend *b, struct trial *t, struct err *e)
{
	struct search s = {.number = b->v1.number};
	int places = b->v1.named ? NAMED_MAX : controllers();

	for (b->v1.at = 0; b->v1.at < places; b->v1.at++) {
		int rc = look(b, t, &s, e);

		if (rc || s.found)
			return rc;
	}
	return err_set(e, -ENODATA, "its place in css_set was not found");
}

bool discovery_set_v1(struct ftrace_backend *b)
{
	const struct cgroup_hierarchy *hierarchy = b->cfg.cgroups;

	b->v1 = (struct cgroup_v1){0};
	if (!hierarchy || !hierarchy->v1)
		return false;
	b->v1.named = !hierarchy->controller;
	b->v1.root = hierarchy->v1_root;
	b->v1.alone = hierarchy->v1_alone;
	return true;
}

int discovery_place_v1(struct ftrace_backend *b, struct trial *t, struct err *e)
{
	struct err why = {0};
	int rc;

	if (!discovery_set_v1(b))
		return 0;
	b->v1.number = b->cfg.cgroups->v1;
	if (!b->current || !cgroup_v1_has(&b->v1, &b->layout))
		rc = err_set(&why, -ENODATA, "the layout of its structures is not known");
	else
		rc = search(b, t, &why);
	if (rc == -ENOMEM)
		return err_sys(e, rc, "cgroups");
	if (rc) {
		log_verbose("ftrace:%s: no way to a task's cgroup in hierarchy %d of version 1: %s",
			    b->base.variant->name, b->v1.number, why.msg);
		b->v1.number = 0;
	}
	return 0;
}
