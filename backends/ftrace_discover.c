// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: probes dump what is behind the pointers of a witness's checks and of its task,
 * and known values, or what changes when the witness does something, show the offsets. Nothing of
 * it is used before a second pair of witnesses with other values has agreed with it.
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>

#include "backends/ftrace_backend.h"
#include "backends/ftrace_dump.h"
#include "compat/cgroup_dir.h"
#include "compat/layout_find.h"
#include "compat/machine.h"
#include "compat/witness.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"
#include "ftrace/cgroup_id.h"

#define CRED_SIZE        384
#define USERNS_SIZE      768
#define TASK_SIZE        12288
#define TASK_STEP        3072 /* that is looked at at once */
#define STRUCT_SIZE      512  /* of the smaller ones */
#define NEAR             512  /* nsproxy is this near after comm */
#define FAR              2048 /* cgroups is */
#define KN_SIZE          160
#define KN_TRIES         5
#define TRIES            3
#define TS_COMPAT        2 /* arch/x86/include/asm/thread_info.h */
#define THREAD_INFO_SIZE 64

/* Even seeds ask in a thread, odd ones in a process that may make user namespaces. */
#define SEED_TASK   2
#define SEED_USERNS 3
static const uint32_t seeds_again[2] = {4, 5};

struct discovery {
	struct ftrace_backend *b;
	struct layout *l;
	struct witness *w;
	struct ftrace_trial *t;
	int hierarchy;    /* of version 1, that counts; 0: none */
	char current[32]; /* the task's expression; empty: none */
	unsigned char *task, *later;
};

static int open_witness(struct discovery *d, uint32_t seed, struct err *e)
{
	cpu_set_t set;
	int rc = witness_start(&d->w, seed, probe_group_name(d->b->group), d->hierarchy, e);

	if (rc)
		return rc;
	CPU_ZERO(&set);
	CPU_SET(d->b->cpu, &set);
	sched_setaffinity(witness_tid(d->w), sizeof(set), &set);
	return ftrace_trial_open(&d->t, d->b, witness_tid(d->w), e);
}

static void close_witness(struct discovery *d)
{
	ftrace_trial_close(d->t);
	witness_free(d->w);
	d->t = NULL;
	d->w = NULL;
}

static int dump(struct discovery *d, const char *base, size_t from, size_t size,
		enum witness_act act, unsigned char *out, struct ftrace_dump *got, struct err *e)
{
	*got = (struct ftrace_dump){.base = base, .from = from, .size = size, .out = out};
	return ftrace_dump(d->t, d->w, act, got, e);
}

static struct dump as_dump(const struct discovery *d, const unsigned char *data, size_t size)
{
	return (struct dump){data, size, d->b->machine->word};
}

/* Where the second of two dumps, made after the witness acted, has another pointer. */
static int changed(struct discovery *d, const char *base, size_t from, size_t size,
		   enum witness_act act, struct err *e)
{
	struct ftrace_dump got;
	struct dump before = as_dump(d, d->task, from + size), after = before;
	int rc;

	memset(d->task, 0, from);
	memset(d->later, 0, from);
	rc = dump(d, base, from, size, WITNESS_ASK, d->task + from, &got, e);
	if (!rc)
		rc = witness_do(d->w, act);
	if (!rc)
		rc = dump(d, base, from, size, WITNESS_ASK, d->later + from, &got, e);
	after.data = d->later;
	return rc ? rc : dump_find_changed(&before, &after, from);
}

static int discover_cred(struct discovery *d, struct err *e)
{
	unsigned char buf[CRED_SIZE];
	struct ftrace_dump got;
	struct dump cred = as_dump(d, buf, sizeof(buf));
	int rc = dump(d, ftrace_cred_arg(d->b), 0, sizeof(buf), WITNESS_ASK, buf, &got, e);

	if (!rc)
		layout_find_cred(d->l, &cred, witness_known(d->w), got.ns);
	return rc;
}

/*
 * Of the task as much as it takes to see its numbers and its name: each probe that it takes is
 * defined and armed, which older kernels with the function tracer take their time for.
 */
static int dump_task(struct discovery *d, struct ftrace_dump *base, struct err *e)
{
	const struct dump none = as_dump(d, d->later, 0);

	for (size_t from = 0; from < TASK_SIZE; from += TASK_STEP) {
		struct dump task = as_dump(d, d->task, from + TASK_STEP);
		int rc = dump(d, d->current, from, TASK_STEP, WITNESS_ASK, d->task + from, base, e);

		if (rc)
			return rc;
		layout_find_task(d->l, &task, &none, witness_known(d->w), base->cred, 0, base->sp);
		if (layout_has(d->l, LAYOUT_TASK_TID) && layout_has(d->l, LAYOUT_TASK_COMM))
			break;
	}
	return 0;
}

/* And once more what is around its name, while the credentials are overridden. */
static int discover_task(struct discovery *d, struct err *e)
{
	const struct witness_known *k = witness_known(d->w);
	struct dump task = as_dump(d, d->task, TASK_SIZE), over = as_dump(d, d->later, TASK_SIZE);
	struct ftrace_dump base, got = {0};
	size_t from;
	int rc;

	memset(d->task, 0, TASK_SIZE);
	rc = dump_task(d, &base, e);
	if (rc || !layout_has(d->l, LAYOUT_TASK_COMM))
		return rc;
	/* The credentials stand right before the name. */
	from = (size_t)MAX(d->l->at[LAYOUT_TASK_COMM] - 128, 0) & ~(size_t)7;
	memcpy(d->later, d->task, TASK_SIZE);
	rc = dump(d, d->current, from, 128, WITNESS_OVERRIDE, d->later + from, &got, e);
	if (!rc)
		layout_find_task(d->l, &task, &over, k, base.cred, got.cred, base.sp);
	return rc == -ENODATA ? 0 : rc;
}

static bool sets_compat(uint32_t before, uint32_t during)
{
	return (before ^ during) == TS_COMPAT && during & TS_COMPAT;
}

/* Whether the word does so once more, as a counter would not. */
static int is_status(struct discovery *d, const char *base, size_t at, struct err *e)
{
	unsigned char before[8], during[8];
	struct dump a = as_dump(d, before, 8), b = as_dump(d, during, 8);
	struct ftrace_dump got;
	int rc = dump(d, base, at, 8, WITNESS_ASK, before, &got, e);

	if (!rc)
		rc = dump(d, base, at, 8, WITNESS_COMPAT, during, &got, e);
	return rc ? rc : sets_compat(dump_u32(&a, 0), dump_u32(&b, 0));
}

/*
 * The one word among @size bytes at @from behind @base that does so. Returns its offset, -ENODATA or
 * another errno.
 */
static int find_status(struct discovery *d, const char *base, size_t from, size_t size,
		       struct err *e)
{
	struct dump before = as_dump(d, d->task, size), during = as_dump(d, d->later, size);
	struct ftrace_dump got;
	int found = -ENODATA, rc = dump(d, base, from, size, WITNESS_ASK, d->task, &got, e);

	if (!rc)
		rc = dump(d, base, from, size, WITNESS_COMPAT, d->later, &got, e);
	for (size_t at = 0; !rc && at < size; at += 4) {
		if (!sets_compat(dump_u32(&before, at), dump_u32(&during, at)))
			continue;
		rc = is_status(d, base, from + at, e);
		if (rc > 0 && found >= 0)
			return -ENODATA;
		if (rc > 0)
			found = (int)(from + at);
		rc = MIN(rc, 0);
	}
	return rc ? rc : found;
}

static size_t after_name(const struct discovery *d)
{
	return layout_has(d->l, LAYOUT_TASK_COMM) ? (size_t)d->l->at[LAYOUT_TASK_COMM] & ~(size_t)7
						  : TASK_SIZE;
}

/*
 * thread_info.status, which has TS_COMPAT: at the beginning of the task, before 4.9 at that of its
 * stack, and from 4.9 to 4.15 in thread_struct, which is behind the task's name.
 */
static int discover_status(struct discovery *d, struct err *e)
{
	char stack[64];
	int rc;

	if (strcmp(d->b->machine->name, "x86_64"))
		return 0;
	rc = find_status(d, d->current, 0, THREAD_INFO_SIZE, e);
	if (rc == -ENODATA && layout_has(d->l, LAYOUT_TASK_STACK)) {
		snprintf(stack, sizeof(stack), "+%d(%s)", d->l->at[LAYOUT_TASK_STACK], d->current);
		rc = find_status(d, stack, 0, THREAD_INFO_SIZE, e);
		if (rc >= 0) {
			d->l->at[LAYOUT_STACK_STATUS] = rc;
			return 0;
		}
	}
	for (size_t from = after_name(d); rc == -ENODATA && from < TASK_SIZE; from += TASK_STEP)
		rc = find_status(d, d->current, from, TASK_STEP, e);
	if (rc >= 0)
		d->l->at[LAYOUT_TASK_STATUS] = rc;
	d->b->no_compat = rc == -ENOEXEC;
	return rc == -ENODATA || rc == -EOPNOTSUPP || rc == -ENOEXEC ? 0 : MIN(rc, 0);
}

/* A new UTS namespace means a new nsproxy, a new mount namespace another word in it. */
static int discover_mntns(struct discovery *d, struct err *e)
{
	unsigned char buf[STRUCT_SIZE];
	struct dump mnt = as_dump(d, buf, sizeof(buf));
	char nsproxy[96], mntns[128];
	struct ftrace_dump got;
	int rc;

	rc = changed(d, d->current, (size_t)d->l->at[LAYOUT_TASK_COMM], NEAR, WITNESS_UTS, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(nsproxy, sizeof(nsproxy), "+%d(%s)", rc, d->current);
	d->l->at[LAYOUT_TASK_NSPROXY] = rc;
	rc = changed(d, nsproxy, 0, 128, WITNESS_MNT, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(mntns, sizeof(mntns), "+%d(%s)", rc, nsproxy);
	d->l->at[LAYOUT_NSPROXY_MNT] = rc;
	rc = dump(d, mntns, 0, sizeof(buf), WITNESS_ASK, buf, &got, e);
	if (!rc)
		d->l->at[LAYOUT_MNT_INUM] = dump_find_u32s(&mnt, &witness_known(d->w)->mntns, 1);
	return rc;
}

/*
 * The first word of a cgroup is its own address: that of the css in it, which points to it. So is
 * that of an empty list, which is in the css_set itself.
 */
static int find_cgroup(struct discovery *d, uint64_t cset, const struct dump *words, int *at,
		       uint64_t *cgroup, struct err *e)
{
	uint64_t addrs[STRUCT_SIZE / 4], first[STRUCT_SIZE / 4];
	size_t from[STRUCT_SIZE / 4], n = 0;
	int rc;

	*at = -1;
	for (size_t i = 0; i < words->size; i += d->b->machine->word) {
		uint64_t v = dump_word(words, i);

		if (!v || !dump_is_pointer(words, v) || (v >= cset && v < cset + words->size))
			continue;
		addrs[n] = v;
		from[n++] = i;
	}
	rc = n ? ftrace_read_words(d->t, d->w, addrs, first, n, e) : 0;
	for (size_t i = 0; i < n && !rc && *at < 0; i++)
		if (first[i] == addrs[i]) {
			*at = (int)from[i];
			*cgroup = addrs[i];
		}
	return rc;
}

/*
 * kernfs_node.priv is the cgroup again, and its id, what user space's file handles hold, is next to
 * it: after it, in newer kernels before it. Elsewhere the same number is a count. Before 4.14 there
 * is an inode's number instead, of 4 bytes, after flags and mode of 2 bytes each.
 */
static bool find_kn_id(struct layout *l, const struct dump *kn, uint64_t cgroup, uint64_t id)
{
	int priv = dump_find_word(kn, 0, cgroup), ino = priv + (int)kn->word + 4;

	if (priv < 0)
		return false;
	for (int at = priv + kn->word; at <= priv + 8; at += 4)
		if (dump_u64(kn, (size_t)at) == id) {
			l->at[LAYOUT_KN_ID] = at;
			return true;
		}
	if (priv >= 8 && dump_u64(kn, (size_t)priv - 8) == id)
		l->at[LAYOUT_KN_ID] = priv - 8;
	else if (dump_u32(kn, (size_t)ino) == id)
		l->at[LAYOUT_KN_INO] = ino;
	else
		return false;
	return true;
}

/* What these pointers lead to, as many as a probe can read. */
static int try_kn(struct discovery *d, const size_t *from, const uint64_t *addrs, size_t len,
		  uint64_t cgroup, struct err *e)
{
	size_t word = d->b->machine->word, n = KN_SIZE / word;
	uint64_t at[KN_TRIES * KN_SIZE / 4], got[KN_TRIES * KN_SIZE / 4];
	unsigned char buf[KN_SIZE];
	struct dump kn = as_dump(d, buf, sizeof(buf));
	int rc;

	for (size_t i = 0; i < len * n; i++)
		at[i] = addrs[i / n] + i % n * word;
	rc = len ? ftrace_read_words(d->t, d->w, at, got, len * n, e) : 0;
	for (size_t i = 0; i < len && !rc; i++) {
		for (size_t j = 0; j < n; j++)
			memcpy(buf + j * word, &got[i * n + j], word);
		if (!find_kn_id(d->l, &kn, cgroup, witness_known(d->w)->cgroup))
			continue;
		d->l->at[LAYOUT_CGROUP_KN] = (int)from[i];
		break;
	}
	return rc;
}

static int find_kn(struct discovery *d, const struct dump *words, uint64_t cgroup, struct err *e)
{
	size_t from[KN_TRIES], n = 0;
	uint64_t addrs[KN_TRIES];
	int rc = 0;

	for (size_t i = 0; i < words->size && !rc && !layout_has(d->l, LAYOUT_CGROUP_KN);
	     i += d->b->machine->word) {
		uint64_t v = dump_word(words, i);

		if (dump_is_pointer(words, v) && (v < cgroup || v >= cgroup + 4096)) {
			from[n] = i;
			addrs[n++] = v;
		}
		if (n < KN_TRIES && i + d->b->machine->word < words->size)
			continue;
		rc = try_kn(d, from, addrs, n, cgroup, e);
		n = 0;
	}
	return rc;
}

static int discover_cgroup(struct discovery *d, struct err *e)
{
	unsigned char buf[STRUCT_SIZE];
	struct dump words = as_dump(d, buf, sizeof(buf)), later = as_dump(d, d->later, TASK_SIZE);
	char cset[96], cgrp[160];
	struct ftrace_dump got;
	uint64_t cgroup = 0;
	int at, rc = changed(d, d->current, (size_t)d->l->at[LAYOUT_TASK_COMM], FAR, WITNESS_CGROUP,
			     e);

	if (rc < 0)
		return rc == -1 || rc == -EOPNOTSUPP ? 0 : rc;
	d->l->at[LAYOUT_TASK_CGROUPS] = rc;
	snprintf(cset, sizeof(cset), "+%d(%s)", rc, d->current);
	rc = dump(d, cset, 0, sizeof(buf), WITNESS_ASK, buf, &got, e);
	if (!rc)
		rc = find_cgroup(d, dump_word(&later, (size_t)d->l->at[LAYOUT_TASK_CGROUPS]),
				 &words, &at, &cgroup, e);
	if (rc || at < 0)
		return rc;
	d->l->at[LAYOUT_CSET_CGROUP] = at;
	snprintf(cgrp, sizeof(cgrp), "+%d(%s)", at, cset);
	rc = dump(d, cgrp, 0, sizeof(buf), WITNESS_ASK, buf, &got, e);
	return rc ? rc : find_kn(d, &words, cgroup, e);
}

/* Where version 2 didn't tell where a task has its css_set, this does. */
static int discover_v1(struct discovery *d, struct err *e)
{
	if (!d->hierarchy)
		return 0;
	if (!layout_has(d->l, LAYOUT_TASK_CGROUPS)) {
		int rc = changed(d, d->current, (size_t)d->l->at[LAYOUT_TASK_COMM], FAR,
				 WITNESS_CGROUP_V1, e);

		if (rc < 0)
			return rc == -1 || rc == -EOPNOTSUPP ? 0 : rc;
		d->l->at[LAYOUT_TASK_CGROUPS] = rc;
	}
	return ftrace_find_v1(d->b, d->t, d->w, d->current, e);
}

/* 3.10 has no levels, RHEL 7 has them elsewhere: those of three generations are looked at then. */
static int discover_level(struct discovery *d, const struct dump *parent, const struct dump *child,
			  struct err *e)
{
	unsigned char buf[USERNS_SIZE];
	const struct dump ns[LEVELS] = {*parent, *child, as_dump(d, buf, sizeof(buf))};
	struct ftrace_dump got;
	int rc = witness_map_ids(d->w);

	if (!rc)
		rc = witness_do(d->w, WITNESS_USER);
	if (!rc)
		rc = dump(d, ftrace_ns_arg(d->b), 0, sizeof(buf), WITNESS_ASK, buf, &got, e);
	if (!rc)
		layout_find_level(d->l, ns);
	return rc == -ENOMEM ? rc : 0;
}

static int discover_userns(struct discovery *d, struct err *e)
{
	unsigned char before[USERNS_SIZE], after[USERNS_SIZE];
	struct dump old = as_dump(d, before, sizeof(before)),
		    new = as_dump(d, after, sizeof(after));
	struct ftrace_dump parent, got;
	int rc = dump(d, ftrace_ns_arg(d->b), 0, sizeof(before), WITNESS_ASK, before, &parent, e);

	if (rc)
		return rc;
	rc = witness_do(d->w, WITNESS_USER);
	if (rc) {
		log_verbose("ftrace: layout discovery: no user namespace can be made here");
		d->b->no_userns = true;
		/* The initial one is all there is. */
		d->l->at[LAYOUT_NS_INUM] = dump_find_u32s(&old, &witness_known(d->w)->userns, 1);
		return 0;
	}
	rc = dump(d, ftrace_ns_arg(d->b), 0, sizeof(after), WITNESS_ASK, after, &got, e);
	if (rc)
		return rc;
	layout_find_userns(d->l, &new, &old, witness_known(d->w), parent.ns);
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
	int rc = open_witness(d, SEED_TASK, e);

	if (!rc)
		rc = discover_cred(d, e);
	do {
		set_current(d);
		if (!rc && *d->current)
			rc = discover_task(d, e);
		/* No task of that name there: then it isn't what it was taken for. */
	} while (!rc && !layout_has(d->l, LAYOUT_TASK_TID) && ftrace_next_guess(d->b));
	if (!rc && *d->current)
		rc = discover_status(d, e);
	if (!rc && *d->current && layout_has(d->l, LAYOUT_TASK_COMM)) {
		rc = discover_mntns(d, e);
		if (!rc)
			rc = discover_cgroup(d, e);
		if (!rc)
			rc = discover_v1(d, e);
	}
	close_witness(d);
	if (!rc)
		rc = open_witness(d, SEED_USERNS, e);
	if (!rc)
		rc = discover_userns(d, e);
	close_witness(d);
	return rc;
}

static int discover_and_verify(struct ftrace_backend *b, struct err *e)
{
	struct discovery d = {.b = b, .l = &b->layout};
	int rc = -ENOMEM;

	if (ftrace_set_v1(b))
		d.hierarchy = b->cfg.cgroups->v1;
	d.task = calloc(1, TASK_SIZE);
	d.later = calloc(1, TASK_SIZE);
	if (d.task && d.later)
		rc = discover(&d, e);
	free(d.task);
	free(d.later);
	return rc ? rc : ftrace_verify_layout(b, seeds_again, e);
}

/*
 * rq.curr is another way to the current task, and the stack's end is looked for later. Of a cgroup's
 * id each kernel has one form.
 */
static bool is_looked_for(const struct ftrace_backend *b, enum layout_field f)
{
	const struct cgroup_source *c = b->cfg.cgroups;
	char path[4096];

	switch (f) {
	case LAYOUT_CGROUP_KN:
	case LAYOUT_KN_ID:
	case LAYOUT_KN_INO:
	case LAYOUT_CGROUP_DENTRY:
	case LAYOUT_DENTRY_INODE:
	case LAYOUT_INODE_INO:
		return layout_has(&b->layout, f) ||
		       (f == LAYOUT_KN_ID && !cgroup_id_has(&b->layout));
	case LAYOUT_CSET_CGROUP:
		return !cgroup_dir_of(0, 0, path, sizeof(path));
	case LAYOUT_CGROUP_ROOT:
	case LAYOUT_ROOT_HIERARCHY:
	case LAYOUT_CSET_LINKS:
	case LAYOUT_LINK_CGROUP:
	case LAYOUT_LINK_ENTRY:
		return c && c->v1;
	case LAYOUT_CSET_SUBSYS:
	case LAYOUT_CSS_CGROUP:
		return c && c->v1 && c->controller;
	case LAYOUT_RQ_CURR:
	case LAYOUT_STACK_REGS:
		return false;
	case LAYOUT_STACK_STATUS:
		return false; /* either is enough */
	case LAYOUT_TASK_STATUS:
		return !strcmp(b->machine->name, "x86_64") && !b->no_compat &&
		       !layout_has(&b->layout, LAYOUT_STACK_STATUS);
	/* Where no user namespace can be made there is none to find these in. */
	case LAYOUT_NS_PARENT:
	case LAYOUT_NS_LEVEL:
	case LAYOUT_NS_OWNER:
		return !b->no_userns;
	case LAYOUT_TASK_STACK:
		return b->main != CHECK_EPROBE;
	default:
		return true;
	}
}

static int count_found(const struct ftrace_backend *b, int *all)
{
	int n = 0;

	*all = 0;
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++) {
		if (!is_looked_for(b, (enum layout_field)f))
			continue;
		++*all;
		n += layout_has(&b->layout, (enum layout_field)f);
	}
	return n;
}

static void log_missing(const struct ftrace_backend *b)
{
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++)
		if (is_looked_for(b, (enum layout_field)f) &&
		    !layout_has(&b->layout, (enum layout_field)f))
			log_verbose("ftrace:%s: layout discovery: not found: %s",
				    b->base.variant->name, layout_field_name((enum layout_field)f));
}

/*
 * What is known by its having changed is not found where something near it happened to change, too.
 * What is missing then is looked for once more; some kernels don't have it all.
 */
int ftrace_discover(struct ftrace_backend *b, struct err *e)
{
	struct layout best = b->layout;
	int most = -1, all = 0, rc = 0;

	/* Of a captrace that was killed while it did this. */
	cgroup_dir_sweep(0, probe_group_is_stale);
	if (b->cfg.cgroups && b->cfg.cgroups->v1)
		cgroup_dir_sweep(b->cfg.cgroups->v1, probe_group_is_stale);
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
	b->layout.source = LAYOUT_DISCOVERED;
	log_verbose("ftrace:%s: layout %s", b->base.variant->name,
		    layout_source_name(b->layout.source));
	return 0;
}
