// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: the way from a task to its cgroup in a hierarchy of version 1, with a reference
 * task that is in a cgroup of its own there and then back in captrace's.
 */
#include <inttypes.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/dump.h"
#include "ftrace/discover/layout_find_v1.h"
#include "ftrace/probe/cgroup_id.h"

struct finding {
	struct ftrace_backend *b;
	struct trial *t;
	struct reference_task *w;
	const char *current;
	struct v1_facts facts;
	struct v1_set own, back;
	struct err *e;
};

/* "4:cpu,cpuacct:/", and "0::/" of version 2, which each task is in even where that isn't shown. */
static void know_numbers(struct v1_facts *k)
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

static void know_controllers(struct v1_facts *k)
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
	struct finding *f = arg;

	return dump_words(f->t, f->w, addrs, words, len, f->e);
}

/* Moves the reference task and takes the address of its css_set. */
static int enter(struct finding *f, enum reference_act act, struct v1_set *set)
{
	struct dump_request got = {.base = f->current,
				   .from = (size_t)f->b->layout.at[LAYOUT_TASK_CGROUPS],
				   .size = f->b->machine->word};
	unsigned char word[8] = {0};
	int rc = reference_task_do(f->w, act);

	got.out = word;
	if (!rc)
		rc = dump_read(f->t, f->w, REFERENCE_ASK, &got, f->e);
	memcpy(&set->address, word, sizeof(set->address));
	set->id = reference_task_known(f->w)->cgroup_v1;
	return rc;
}

/* The place of the hierarchy's first controller among all. */
static int controller_place(const struct v1_facts *k)
{
	for (size_t i = 0; i < k->controllers_len; i++)
		if (k->controllers[i] == k->moved)
			return (int)i;
	return 0;
}

/* Older kernels take arguments of 63 characters, and the list may be long. */
static int try_probe(struct finding *f)
{
	struct ftrace_backend *b = f->b;
	cleanup_free struct fetch *fetch = calloc(1, sizeof(*fetch));
	char cset[FETCH_BASE_MAX], cgroup[FETCH_BASE_MAX];
	int rc;

	if (!fetch)
		return -ENOMEM;
	snprintf(cset, sizeof(cset), "+%d(%s)", b->layout.at[LAYOUT_TASK_CGROUPS], f->current);
	cgroup_v1_follow(cgroup, &b->v1, &b->layout, b->machine, cset);
	cgroup_v1_fetch_number(fetch, FETCH_V1_NUMBER, &b->layout, cgroup);
	cgroup_id_fetch(fetch, FETCH_V1_CGROUP, &b->layout, b->machine, cgroup);
	rc = trial_define(f->t, fetch, f->e);
	if (!rc)
		trial_undefine(f->t);
	return rc;
}

static int find(struct finding *f)
{
	const struct v1_memory m = {read_memory, f};
	struct layout *l = &f->b->layout;
	int at, rc = enter(f, REFERENCE_CGROUP_V1, &f->own);

	if (!rc)
		rc = layout_find_v1_links(l, &f->facts, &m, &f->own);
	if (!rc)
		rc = enter(f, REFERENCE_CGROUP_V1_BACK, &f->back);
	if (!rc)
		rc = layout_read_v1_links(l, &f->facts, &m, &f->back);
	if (!rc)
		rc = layout_find_v1(l, &f->facts, &m, &f->own, &f->back, &at);
	if (!rc && !cgroup_v1_has(&f->b->v1, l))
		rc = -ENODATA;
	if (rc)
		return rc;
	f->b->v1.at = f->b->v1.named ? at : controller_place(&f->facts);
	rc = try_probe(f);
	if (!rc)
		f->b->v1.number = f->facts.moved;
	return rc;
}

int discovery_follow_v1(struct ftrace_backend *b, struct trial *t, struct reference_task *w,
			const char *current, struct err *e)
{
	cleanup_free struct finding *f = calloc(1, sizeof(*f));
	struct err why = {0};
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "layout discovery");
	*f = (struct finding){.b = b, .t = t, .w = w, .current = current, .e = &why};
	f->facts.word = b->machine->word;
	f->facts.moved = b->cfg.cgroups->v1;
	know_numbers(&f->facts);
	know_controllers(&f->facts);
	rc = find(f);
	if (rc == -ENOMEM || rc == -EAGAIN)
		return err_set(e, rc, "%s", why.msg);
	if (rc)
		log_verbose("ftrace:%s: layout discovery: no way to cgroups of version 1%s%s",
			    b->base.variant->name, *why.msg ? ": " : "", why.msg);
	return 0;
}
