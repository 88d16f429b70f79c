// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: the path from a task to its cgroup in a version 1 hierarchy. A reference task
 * is moved to a cgroup of its own there, and then back to captrace's.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "ftrace/discover/finder.h"
#include "ftrace/discover/layout_find_v1.h"
#include "ftrace/probe/cgroup_id.h"

struct v1_search {
	struct finder *f;
	struct v1_facts facts;
	struct v1_set own, back;
	struct err *e;
};

/*
 * Reads the hierarchies' numbers from lines such as "4:cpu,cpuacct:/". Adds that of version 2, in
 * which every task is even if its line "0::/" is not shown.
 */
static void read_numbers(struct v1_facts *k)
{
	cleanup_fclose FILE *f = fopen("/proc/self/cgroup", "re");
	cleanup_free char *line = NULL;
	size_t room = 0;
	int number;

	k->numbers[k->numbers_len++] = 0;
	while (f && getline(&line, &room, f) > 0)
		if (k->numbers_len < V1_HIERARCHIES && sscanf(line, "%d:", &number) == 1 && number)
			k->numbers[k->numbers_len++] = number;
}

static void read_controllers(struct v1_facts *k)
{
	cleanup_fclose FILE *f = fopen("/proc/cgroups", "re");
	char line[256];
	int number;

	while (f && fgets(line, sizeof(line), f))
		if (*line != '#' && k->controllers_len < V1_CONTROLLERS &&
		    sscanf(line, "%*s %d", &number) == 1)
			k->controllers[k->controllers_len++] = number;
}

static int read_memory(void *arg, const uint64_t *addrs, uint64_t *words, size_t len)
{
	struct v1_search *w = arg;

	return dump_words(w->f->t, addrs, words, len, w->e);
}

/* Moves the reference task and reads the address of its new css_set. */
static int enter(struct v1_search *w, enum reference_act act, struct v1_set *set)
{
	struct finder *f = w->f;
	unsigned char word[8] = {0};
	struct dump_request req = {f->current, (size_t)f->l->at[LAYOUT_TASK_CGROUPS],
				   f->ctx->machine->word, word};
	int rc = trial_do(f->t, act);

	if (!rc)
		rc = dump_read(f->t, REFERENCE_ASK, &req, NULL, w->e);
	memcpy(&set->address, word, sizeof(set->address));
	set->id = trial_known(f->t)->cgroup_v1;
	return rc;
}

/* The index of the hierarchy's first controller among all controllers. */
static int controller_place(const struct v1_facts *k)
{
	for (size_t i = 0; i < k->controllers_len; i++)
		if (k->controllers[i] == k->moved)
			return (int)i;
	return 0;
}

/*
 * Tries to define a probe with the path: older kernels limit arguments to 63 characters, and the
 * path through the list may be too long.
 */
static int try_probe(struct v1_search *w)
{
	const struct probe_context *ctx = w->f->ctx;
	cleanup_free struct fetch *fetch = calloc(1, sizeof(*fetch));
	char cset[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX];
	int rc;

	if (!fetch)
		return -ENOMEM;
	snprintf(cset, sizeof(cset), "+%d(%s)", ctx->layout.at[LAYOUT_TASK_CGROUPS], w->f->current);
	cgroup_v1_follow(cgroup, &ctx->v1, &ctx->layout, ctx->machine, cset);
	cgroup_v1_fetch_number(fetch, FETCH_V1_NUMBER, &ctx->layout, cgroup);
	cgroup_id_fetch(fetch, FETCH_V1_CGROUP, &ctx->layout, ctx->machine, cgroup);
	rc = trial_define(w->f->t, fetch, w->e);
	if (!rc)
		trial_undefine(w->f->t);
	return rc;
}

static int find(struct v1_search *w)
{
	const struct v1_memory m = {read_memory, w};
	struct cgroup_v1 *v1 = &w->f->ctx->v1;
	struct layout *l = w->f->l;
	int at, rc = enter(w, REFERENCE_CGROUP_V1, &w->own);

	if (!rc)
		rc = layout_find_v1_links(l, &w->facts, &m, &w->own);
	if (!rc)
		rc = enter(w, REFERENCE_CGROUP_V1_BACK, &w->back);
	if (!rc)
		rc = layout_read_v1_links(l, &w->facts, &m, &w->back);
	if (!rc)
		rc = layout_find_v1(l, &w->facts, &m, &w->own, &w->back, &at);
	if (!rc && !cgroup_v1_has(v1, l))
		rc = -ENODATA;
	if (rc)
		return rc;
	v1->at = v1->named ? at : controller_place(&w->facts);
	rc = try_probe(w);
	if (!rc)
		v1->number = w->facts.moved;
	return rc;
}

static int follow(struct finder *f, struct err *e)
{
	cleanup_free struct v1_search *w = calloc(1, sizeof(*w));
	struct err why = {0};
	int rc;

	if (!w)
		return err_sys(e, -ENOMEM, "layout discovery");
	*w = (struct v1_search){.f = f, .e = &why};
	w->facts.word = f->ctx->machine->word;
	w->facts.moved = f->ctx->cgroups->v1;
	read_numbers(&w->facts);
	read_controllers(&w->facts);
	rc = find(w);
	if (rc == -ENOMEM || rc == -EAGAIN)
		return err_set(e, rc, "%s", why.msg);
	if (rc)
		log_verbose("%s: layout discovery: can't find cgroups of version 1%s%s",
			    f->ctx->name, *why.msg ? ": " : "", why.msg);
	return 0;
}

/* If finder_cgroup() did not find where a task has its css_set, version 1 shows it. */
int finder_v1(struct finder *f, struct err *e)
{
	if (!f->hierarchy)
		return 0;
	if (!layout_has(f->l, LAYOUT_TASK_CGROUPS)) {
		int rc = finder_changed(f, f->current, (size_t)f->l->at[LAYOUT_TASK_COMM],
					FINDER_CGROUPS_FAR, REFERENCE_CGROUP_V1, e);

		if (rc < 0)
			return rc == -1 || rc == -EOPNOTSUPP ? 0 : rc;
		f->l->at[LAYOUT_TASK_CGROUPS] = rc;
	}
	return follow(f, e);
}
