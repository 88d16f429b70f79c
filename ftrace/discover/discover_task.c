// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Layout discovery: a task's numbers, name, credentials, stack and state, and its mount namespace.
 */
#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/util.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/discover/layout_find.h"

#define TASK_STEP        3072 /* that is looked at at once */
#define NEAR             512  /* nsproxy is this near after comm */
#define STRUCT_SIZE      512  /* of the smaller ones */
#define TS_COMPAT        2    /* arch/x86/include/asm/thread_info.h */
#define THREAD_INFO_SIZE 64

/*
 * Of the task as much as it takes to see its numbers and its name: each probe that it takes is
 * defined and armed, which older kernels with the function tracer take their time for.
 */
static int dump_task(struct discovery *d, struct dump_request *base, struct err *e)
{
	const struct dump none = discovery_memory(d, d->later, 0);

	for (size_t from = 0; from < DISCOVERY_TASK_SIZE; from += TASK_STEP) {
		struct dump task = discovery_memory(d, d->task, from + TASK_STEP);
		int rc = discovery_dump(d, d->current, from, TASK_STEP, REFERENCE_ASK,
					d->task + from, base, e);

		if (rc)
			return rc;
		layout_find_task(d->l, &task, &none, reference_task_known(d->w), base->cred, 0,
				 base->sp);
		if (layout_has(d->l, LAYOUT_TASK_TID) && layout_has(d->l, LAYOUT_TASK_COMM))
			break;
	}
	return 0;
}

/* And once more what is around its name, while the credentials are overridden. */
int discovery_find_task(struct discovery *d, struct err *e)
{
	const struct reference_known *k = reference_task_known(d->w);
	struct dump task = discovery_memory(d, d->task, DISCOVERY_TASK_SIZE),
		    over = discovery_memory(d, d->later, DISCOVERY_TASK_SIZE);
	struct dump_request base, got = {0};
	size_t from;
	int rc;

	memset(d->task, 0, DISCOVERY_TASK_SIZE);
	rc = dump_task(d, &base, e);
	if (rc || !layout_has(d->l, LAYOUT_TASK_COMM))
		return rc;
	/* The credentials stand right before the name. */
	from = (size_t)MAX(d->l->at[LAYOUT_TASK_COMM] - 128, 0) & ~(size_t)7;
	memcpy(d->later, d->task, DISCOVERY_TASK_SIZE);
	rc = discovery_dump(d, d->current, from, 128, REFERENCE_OVERRIDE, d->later + from, &got, e);
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
	struct dump a = discovery_memory(d, before, 8), b = discovery_memory(d, during, 8);
	struct dump_request got;
	int rc = discovery_dump(d, base, at, 8, REFERENCE_ASK, before, &got, e);

	if (!rc)
		rc = discovery_dump(d, base, at, 8, REFERENCE_COMPAT, during, &got, e);
	return rc ? rc : sets_compat(dump_u32(&a, 0), dump_u32(&b, 0));
}

/*
 * The one word among @size bytes at @from behind @base that does so. Returns its offset, -ENODATA
 * or another errno.
 */
static int find_status(struct discovery *d, const char *base, size_t from, size_t size,
		       struct err *e)
{
	struct dump before = discovery_memory(d, d->task, size),
		    during = discovery_memory(d, d->later, size);
	struct dump_request got;
	int found = -ENODATA,
	    rc = discovery_dump(d, base, from, size, REFERENCE_ASK, d->task, &got, e);

	if (!rc)
		rc = discovery_dump(d, base, from, size, REFERENCE_COMPAT, d->later, &got, e);
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
						  : DISCOVERY_TASK_SIZE;
}

/*
 * thread_info.status, which has TS_COMPAT: at the beginning of the task, before 4.9 at that of its
 * stack, and from 4.9 to 4.15 in thread_struct, which is behind the task's name.
 */
int discovery_find_status(struct discovery *d, struct err *e)
{
	char stack[64];
	int rc;

	if (!d->b->machine->has_status)
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
	for (size_t from = after_name(d); rc == -ENODATA && from < DISCOVERY_TASK_SIZE;
	     from += TASK_STEP)
		rc = find_status(d, d->current, from, TASK_STEP, e);
	if (rc >= 0)
		d->l->at[LAYOUT_TASK_STATUS] = rc;
	d->b->no_compat = rc == -ENOEXEC;
	return rc == -ENODATA || rc == -EOPNOTSUPP || rc == -ENOEXEC ? 0 : MIN(rc, 0);
}

/* A new UTS namespace means a new nsproxy, a new mount namespace another word in it. */
int discovery_find_mntns(struct discovery *d, struct err *e)
{
	unsigned char buf[STRUCT_SIZE] = {0};
	struct dump mnt = discovery_memory(d, buf, sizeof(buf));
	char nsproxy[96], mntns[128];
	struct dump_request got;
	int rc;

	rc = discovery_changed(d, d->current, (size_t)d->l->at[LAYOUT_TASK_COMM], NEAR,
			       REFERENCE_UTS, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(nsproxy, sizeof(nsproxy), "+%d(%s)", rc, d->current);
	d->l->at[LAYOUT_TASK_NSPROXY] = rc;
	rc = discovery_changed(d, nsproxy, 0, 128, REFERENCE_MNT, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(mntns, sizeof(mntns), "+%d(%s)", rc, nsproxy);
	d->l->at[LAYOUT_NSPROXY_MNT] = rc;
	rc = discovery_dump(d, mntns, 0, sizeof(buf), REFERENCE_ASK, buf, &got, e);
	if (!rc)
		d->l->at[LAYOUT_MNT_INUM] =
			dump_find_u32s(&mnt, &reference_task_known(d->w)->mntns, 1);
	return rc;
}
