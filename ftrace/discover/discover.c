// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: probes dump what is behind the pointers of a reference task's checks and of its
 * task, and known values, or what changes when the reference task does something, show the offsets.
 * Nothing of it is used before a second pair of reference tasks with other values has agreed with
 * it.
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "compat/host/cgroup_dir.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/discover/reference_task.h"
#include "ftrace/feed/owner_name.h"
#include "ftrace/probe/cgroup_id.h"

#define CRED_SIZE   384
#define USERNS_SIZE 768
#define TRIES       3

/* Even seeds ask in a thread, odd ones in a process that may make user namespaces. */
#define SEED_TASK   2
#define SEED_USERNS 3
static const uint32_t seeds_again[2] = {4, 5};

static int open_reference(struct discovery *d, uint32_t seed, struct err *e)
{
	int rc = reference_task_start(&d->w, seed, probe_group_name(d->b->group), d->hierarchy, e);

	if (rc)
		return rc;
	reference_task_bind(d->w, d->b->cpu);
	return trial_open(&d->t, d->b, reference_task_tid(d->w), e);
}

static void close_reference(struct discovery *d)
{
	trial_close(d->t);
	reference_task_free(d->w);
	d->t = NULL;
	d->w = NULL;
}

int discovery_dump(struct discovery *d, const char *base, size_t from, size_t size,
		   enum reference_act act, unsigned char *out, struct dump_request *got,
		   struct err *e)
{
	*got = (struct dump_request){.base = base, .from = from, .size = size, .out = out};
	return dump_read(d->t, d->w, act, got, e);
}

struct dump discovery_memory(const struct discovery *d, const unsigned char *data, size_t size)
{
	return (struct dump){data, size, d->b->machine->word};
}

int discovery_changed(struct discovery *d, const char *base, size_t from, size_t size,
		      enum reference_act act, struct err *e)
{
	struct dump_request got;
	struct dump before = discovery_memory(d, d->task, from + size), after = before;
	int rc;

	memset(d->task, 0, from);
	memset(d->later, 0, from);
	rc = discovery_dump(d, base, from, size, REFERENCE_ASK, d->task + from, &got, e);
	if (!rc)
		rc = reference_task_do(d->w, act);
	if (!rc)
		rc = discovery_dump(d, base, from, size, REFERENCE_ASK, d->later + from, &got, e);
	after.data = d->later;
	return rc ? rc : dump_find_changed(&before, &after, from);
}

static int discover_cred(struct discovery *d, struct err *e)
{
	unsigned char buf[CRED_SIZE];
	struct dump_request got;
	struct dump cred = discovery_memory(d, buf, sizeof(buf));
	int rc =
		discovery_dump(d, dump_cred_arg(d->b), 0, sizeof(buf), REFERENCE_ASK, buf, &got, e);

	if (!rc)
		layout_find_cred(d->l, &cred, reference_task_known(d->w), got.ns);
	return rc;
}

/* 3.10 has no levels, RHEL 7 has them elsewhere: those of three generations are looked at then. */
static int discover_level(struct discovery *d, const struct dump *parent, const struct dump *child,
			  struct err *e)
{
	unsigned char buf[USERNS_SIZE];
	const struct dump ns[LEVELS] = {*parent, *child, discovery_memory(d, buf, sizeof(buf))};
	struct dump_request got;
	int rc = reference_task_map_ids(d->w);

	if (!rc)
		rc = reference_task_do(d->w, REFERENCE_USER);
	if (!rc)
		rc = discovery_dump(d, dump_ns_arg(d->b), 0, sizeof(buf), REFERENCE_ASK, buf, &got,
				    e);
	if (!rc)
		layout_find_level(d->l, ns);
	return rc == -ENOMEM ? rc : 0;
}

static int discover_userns(struct discovery *d, struct err *e)
{
	unsigned char before[USERNS_SIZE], after[USERNS_SIZE];
	struct dump old = discovery_memory(d, before, sizeof(before)),
		    new = discovery_memory(d, after, sizeof(after));
	struct dump_request parent, got;
	int rc = discovery_dump(d, dump_ns_arg(d->b), 0, sizeof(before), REFERENCE_ASK, before,
				&parent, e);

	if (rc)
		return rc;
	rc = reference_task_do(d->w, REFERENCE_USER);
	if (rc) {
		log_verbose("ftrace: layout discovery: no user namespace can be made here");
		d->b->no_userns = true;
		/* The initial one is all there is. */
		d->l->at[LAYOUT_NS_INUM] =
			dump_find_u32s(&old, &reference_task_known(d->w)->userns, 1);
		return 0;
	}
	rc = discovery_dump(d, dump_ns_arg(d->b), 0, sizeof(after), REFERENCE_ASK, after, &got, e);
	if (rc)
		return rc;
	layout_find_userns(d->l, &new, &old, reference_task_known(d->w), parent.ns);
	return layout_has(d->l, LAYOUT_NS_LEVEL) ? 0 : discover_level(d, &old, &new, e);
}

static void set_current(struct discovery *d)
{
	*d->current = '\0';
	if (d->b->current)
		snprintf(d->current, sizeof(d->current), "@0x%" PRIx64, d->b->current[d->b->cpu]);
}

static int discover(struct discovery *d, struct err *e)
{
	int rc = open_reference(d, SEED_TASK, e);

	if (!rc)
		rc = discover_cred(d, e);
	do {
		set_current(d);
		if (!rc && *d->current)
			rc = discovery_find_task(d, e);
		/* No task of that name there: then it isn't what it was taken for. */
	} while (!rc && !layout_has(d->l, LAYOUT_TASK_TID) && discovery_next_guess(d->b));
	if (!rc && *d->current)
		rc = discovery_find_status(d, e);
	if (!rc && *d->current && layout_has(d->l, LAYOUT_TASK_COMM)) {
		rc = discovery_find_mntns(d, e);
		if (!rc)
			rc = discovery_find_cgroup(d, e);
		if (!rc)
			rc = discovery_find_v1(d, e);
	}
	close_reference(d);
	if (!rc)
		rc = open_reference(d, SEED_USERNS, e);
	if (!rc)
		rc = discover_userns(d, e);
	close_reference(d);
	return rc;
}

static int discover_and_verify(struct ftrace_backend *b, struct err *e)
{
	struct discovery d = {.b = b, .l = &b->layout};
	int rc = -ENOMEM;

	if (discovery_set_v1(b))
		d.hierarchy = b->cfg.cgroups->v1;
	d.task = calloc(1, DISCOVERY_TASK_SIZE);
	d.later = calloc(1, DISCOVERY_TASK_SIZE);
	if (d.task && d.later)
		rc = discover(&d, e);
	free(d.task);
	free(d.later);
	return rc ? rc : discovery_verify(b, seeds_again, e);
}

/*
 * rq.curr is another way to the current task, and the stack's end is looked for later. Of a
 * cgroup's id each kernel has one form.
 */
bool discovery_looks_for(const struct ftrace_backend *b, enum layout_field f)
{
	const struct cgroup_hierarchy *c = b->cfg.cgroups;
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
		return layout_has(&b->layout, f);
	case LAYOUT_KN_ID:
		return (v1 || v2) && !cgroup_id_has(&b->layout);
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
	/* Either place of the status is enough. */
	case LAYOUT_TASK_STATUS:
		return b->machine->has_status && !b->no_compat &&
		       !layout_has(&b->layout, LAYOUT_STACK_STATUS);
	/* Where no user namespace can be made there is none to find these in; 3.10 has no level. */
	case LAYOUT_NS_PARENT:
	case LAYOUT_NS_OWNER:
		return !b->no_userns;
	case LAYOUT_TASK_STACK:
		return b->main != HOOK_EPROBE;
	case LAYOUT_NS_LEVEL:
	case LAYOUT_RQ_CURR:
	case LAYOUT_STACK_REGS:
	case LAYOUT_STACK_STATUS:
		return false;
	default:
		return true;
	}
}

static int count_found(const struct ftrace_backend *b, int *all)
{
	int n = 0;

	*all = 0;
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++) {
		if (!discovery_looks_for(b, (enum layout_field)f))
			continue;
		++*all;
		n += layout_has(&b->layout, (enum layout_field)f);
	}
	return n;
}

static void log_missing(const struct ftrace_backend *b)
{
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++)
		if (discovery_looks_for(b, (enum layout_field)f) &&
		    !layout_has(&b->layout, (enum layout_field)f))
			log_verbose("ftrace:%s: layout discovery: not found: %s",
				    b->base.variant->name, layout_field_name((enum layout_field)f));
}

/*
 * What is known by its having changed is not found where something near it happened to change, too.
 * What is missing then is looked for once more; some kernels don't have it all.
 */
int discovery_find_layout(struct ftrace_backend *b, struct err *e)
{
	struct layout best = b->layout;
	int most = -1, all = 0, rc = 0;

	/* Of a captrace that was killed while it did this. */
	cgroup_dir_sweep(0, owner_name_is_stale);
	if (b->cfg.cgroups && b->cfg.cgroups->v1)
		cgroup_dir_sweep(b->cfg.cgroups->v1, owner_name_is_stale);
	for (int i = 0; i < TRIES; i++) {
		int found;

		layout_init(&b->layout);
		rc = discover_and_verify(b, e);
		if (rc == -ENOMEM || (rc && most < 0 && i + 1 == TRIES))
			return err_wrap(e, "layout discovery");
		found = rc ? -1 : count_found(b, &all);
		/* As little again: there isn't more. */
		if (found >= 0 && found <= most)
			break;
		if (found > most) {
			best = b->layout;
			most = found;
		}
		if (most == all)
			break;
		log_missing(b);
	}
	b->layout = best;
	b->layout.origin = LAYOUT_DISCOVERED;
	log_verbose("ftrace:%s: layout %s", b->base.variant->name,
		    layout_origin_name(b->layout.origin));
	return 0;
}
