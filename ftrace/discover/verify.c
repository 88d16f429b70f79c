// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Verifies a discovered layout with two more reference tasks, which have other values, and with the
 * same probes that tracing will use. Members with a wrong value become absent, and so do the fields
 * that need them.
 */
#include <linux/capability.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "core/event/event.h"
#include "ftrace/discover/internal.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/probe_table.h"

#define RECORD_MAX 8192

struct verification {
	struct discovery *d;
	struct probe_context *ctx;
	struct trial *t;
	enum hook hook; /* the hook whose record is wanted */
	struct fetch_map map;
	unsigned char raw[RECORD_MAX];
	uint32_t size; /* 0: not seen */
};

static void on_record(void *arg, const struct feed_record *r)
{
	struct verification *v = arg;
	const struct probe *src = trial_probe_of(v->t, r);

	if (!src || src->dec.hook != v->hook || r->size > sizeof(v->raw))
		return;
	if (v->hook == v->ctx->main &&
	    fetch_get(&src->dec.map, FETCH_CAP, feed_raw(r), r->size) != CAP_SETPCAP)
		return;
	v->map = src->dec.map;
	memcpy(v->raw, feed_raw(r), r->size);
	v->size = r->size;
}

/* Makes the reference task act and takes its record of @hook. */
static int look(struct verification *v, enum hook hook, enum reference_act act)
{
	int rc;

	v->hook = hook;
	v->size = 0;
	rc = trial_do(v->t, act);
	trial_read(v->t, on_record, v);
	return rc ? rc : v->size ? 0 : -ENODATA;
}

static uint64_t get(const struct verification *v, enum fetch_value value)
{
	return (uint64_t)fetch_get(&v->map, value, v->raw, v->size);
}

/* Compares a value. If it is not @want, the members from @first to @last become absent. */
static void expect(struct verification *v, enum fetch_value value, uint64_t want,
		   enum layout_field first, enum layout_field last)
{
	if (!fetch_has(&v->map, value) || get(v, value) == want)
		return;
	log_note("layout discovery: %s is not used: it is %#llx, but %#llx was expected",
		 layout_field_name(last), (unsigned long long)get(v, value),
		 (unsigned long long)want);
	for (int f = first; f <= (int)last; f++)
		v->ctx->layout.at[f] = LAYOUT_ABSENT;
}

static void expect_cred(struct verification *v)
{
	const struct reference_known *k = trial_known(v->t);

	expect(v, FETCH_UID, k->ids[0], LAYOUT_CRED_UID, LAYOUT_CRED_UID);
	expect(v, FETCH_GID, k->ids[1], LAYOUT_CRED_GID, LAYOUT_CRED_GID);
	expect(v, FETCH_EUID, k->ids[4], LAYOUT_CRED_EUID, LAYOUT_CRED_EUID);
	expect(v, FETCH_SECUREBITS, k->securebits, LAYOUT_CRED_SECUREBITS, LAYOUT_CRED_SECUREBITS);
	expect(v, FETCH_CAPS, k->effective, LAYOUT_CRED_CAPS, LAYOUT_CRED_CAPS);
	expect(v, FETCH_CRED_INUM, k->userns, LAYOUT_CRED_NS, LAYOUT_CRED_NS);
	expect(v, FETCH_NS_INUM, k->userns, LAYOUT_NS_INUM, LAYOUT_NS_INUM);
}

static void expect_task(struct verification *v)
{
	const struct reference_known *k = trial_known(v->t);

	expect(v, FETCH_TID, (uint64_t)k->tid, LAYOUT_TASK_TID, LAYOUT_TASK_TID);
	expect(v, FETCH_TGID, (uint64_t)k->tgid, LAYOUT_TASK_TGID, LAYOUT_TASK_TGID);
	if (k->mntns)
		expect(v, FETCH_MNTNS, k->mntns, LAYOUT_NSPROXY_MNT, LAYOUT_MNT_INUM);
	if (k->cgroup)
		expect(v, FETCH_CGROUP, k->cgroup, LAYOUT_CSET_CGROUP, LAYOUT_KN_INO);
	if (!k->cgroup_v1)
		return;
	expect(v, FETCH_V1_NUMBER, (uint64_t)v->ctx->cgroups->v1, LAYOUT_CGROUP_ROOT,
	       LAYOUT_LINK_ENTRY);
	expect(v, FETCH_V1_CGROUP, k->cgroup_v1, LAYOUT_CGROUP_DENTRY, LAYOUT_LINK_ENTRY);
}

/* Defines a hook's probe with all fields, whichever the user wants. */
static int define(struct verification *v, enum hook hook, struct err *e)
{
	const struct probe_cfg cfg = {
		.fields = FIELDS_BACKEND,
		.compute = true,
		.pair = v->ctx->main == HOOK_MAIN,
	};

	return trial_define_hook(v->t, hook, v->ctx->current ? v->d->cfg.cpu : -1, &cfg, e);
}

static int unseen(int rc, struct err *e)
{
	return err_sys(e, rc, "a second reference task's check");
}

/*
 * Compares the old and the new credentials of a commit that changes nothing. If it is not seen,
 * outcomes have no ids.
 */
static int verify_commit(struct verification *v, struct err *e)
{
	const struct reference_known *k = trial_known(v->t);
	const uint32_t ids[HOOK_COMMIT_IDS] = {k->ids[0], k->ids[1], k->ids[2], k->ids[3],
					       k->ids[4], k->ids[5], k->ids[4], k->ids[5]};
	struct err why = {0};
	int rc;

	if (!v->ctx->current || !hook_can_commit(&v->ctx->layout))
		return 0;
	rc = define(v, HOOK_COMMIT, &why);
	if (!rc)
		rc = look(v, HOOK_COMMIT, REFERENCE_COMMIT);
	if (rc == -ENOMEM)
		return unseen(rc, e);
	if (rc) {
		log_verbose(
			"layout discovery: a reference task's new credentials were not seen%s%s",
			*why.msg ? ": " : "", why.msg);
		v->ctx->layout.at[LAYOUT_CRED_FSGID] = LAYOUT_ABSENT;
		return 0;
	}
	for (int i = 0; i < HOOK_COMMIT_IDS; i++) {
		expect(v, hook_ids[i].now, ids[i], hook_ids[i].at, hook_ids[i].at);
		expect(v, hook_ids[i].before, ids[i], hook_ids[i].at, hook_ids[i].at);
	}
	expect(v, FETCH_PERMITTED, k->permitted, LAYOUT_CRED_PERMITTED, LAYOUT_CRED_PERMITTED);
	return 0;
}

/* Compares the credentials in the check's arguments, and at prctl's hook those of the task. */
static int verify_task(struct verification *v, struct err *e)
{
	int rc = define(v, v->ctx->main, e);

	/* If an act fails, the task stays where it is, which is known, too. */
	if (!rc) {
		trial_do(v->t, REFERENCE_MNT);
		trial_do(v->t, REFERENCE_CGROUP);
		trial_do(v->t, REFERENCE_CGROUP_V1);
		rc = look(v, v->ctx->main, REFERENCE_ASK);
		if (rc)
			return unseen(rc, e);
		expect_cred(v);
		expect_task(v);
	}
	if (rc || v->ctx->main != HOOK_MAIN || !layout_has(&v->ctx->layout, LAYOUT_TASK_CRED))
		return rc;
	rc = define(v, HOOK_PRCTL, e);
	if (!rc)
		rc = look(v, HOOK_PRCTL, REFERENCE_ASK);
	if (rc)
		return unseen(rc, e);
	expect(v, FETCH_UID, trial_known(v->t)->ids[0], LAYOUT_TASK_CRED, LAYOUT_TASK_CRED);
	expect_cred(v);
	return verify_commit(v, e);
}

static int verify_userns(struct verification *v, struct err *e)
{
	const struct reference_known *k = trial_known(v->t);
	uint64_t parent, level;
	int rc = define(v, v->ctx->main, e);

	if (!rc)
		rc = look(v, v->ctx->main, REFERENCE_ASK);
	if (rc)
		return unseen(rc, e);
	parent = get(v, FETCH_NS);
	level = get(v, FETCH_NS_LEVEL);
	rc = look(v, v->ctx->main, REFERENCE_USER);
	if (rc == -EOPNOTSUPP)
		return 0; /* no user namespaces: nothing was found that could be verified */
	if (!rc)
		rc = look(v, v->ctx->main, REFERENCE_ASK);
	if (rc)
		return unseen(rc, e);
	expect(v, FETCH_NS_PARENT, parent, LAYOUT_NS_PARENT, LAYOUT_NS_PARENT);
	expect(v, FETCH_NS_LEVEL, level + 1, LAYOUT_NS_LEVEL, LAYOUT_NS_LEVEL);
	expect(v, FETCH_NS_OWNER, k->owner, LAYOUT_NS_OWNER, LAYOUT_NS_OWNER);
	expect(v, FETCH_CRED_NS, get(v, FETCH_NS), LAYOUT_CRED_NS, LAYOUT_CRED_NS);
	expect(v, FETCH_NS_INUM, k->userns, LAYOUT_NS_INUM, LAYOUT_NS_INUM);
	return 0;
}

static int open_trial(struct verification *v, uint32_t seed, struct err *e)
{
	return trial_open_reference(&v->t, &v->d->cfg, seed, v->ctx->v1.number, e);
}

static void close_trial(struct verification *v)
{
	trial_close(v->t);
	v->t = NULL;
}

static int verify(struct verification *v, const uint32_t seeds[2], struct err *e)
{
	int rc = open_trial(v, seeds[0], e);

	if (!rc)
		rc = verify_task(v, e);
	close_trial(v);
	if (!rc)
		rc = open_trial(v, seeds[1], e);
	if (!rc)
		rc = verify_userns(v, e);
	close_trial(v);
	return rc;
}

int discovery_verify(struct discovery *d, const uint32_t seeds[2], struct err *e)
{
	cleanup_free struct verification *v = calloc(1, sizeof(*v));

	if (!v)
		return err_sys(e, -ENOMEM, "layout discovery");
	v->d = d;
	v->ctx = d->ctx;
	return verify(v, seeds, e);
}
