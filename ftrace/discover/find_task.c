// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout discovery: a task's ids, name, credentials, stack and status, and its mount namespace. */
#include <inttypes.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/util.h"
#include "ftrace/discover/finder.h"
#include "ftrace/discover/layout_find.h"

#define TASK_STEP        3072 /* bytes of the task that are dumped in one step */
#define CRED_NEAR        128  /* cred is at most this far before comm */
#define NSPROXY_NEAR     512  /* nsproxy is at most this far behind comm */
#define STRUCT_SIZE      512  /* bytes that are read of a mnt_namespace */
#define TS_COMPAT        2    /* arch/x86/include/asm/thread_info.h */
#define THREAD_INFO_SIZE 64

/*
 * Dumps the task only as far as its ids and its name, because each probe has to be defined and
 * armed, which is slow on older kernels with the function tracer.
 */
static int dump_task(struct finder *f, struct dump_seen *args, struct err *e)
{
	for (size_t from = 0; from < FINDER_TASK_SIZE; from += TASK_STEP) {
		const struct dump task = finder_memory(f, f->task, from + TASK_STEP);
		const struct dump_request req = {f->current, from, TASK_STEP, f->task + from};
		int rc = dump_read(f->t, REFERENCE_ASK, &req, args, e);

		if (rc)
			return rc;
		layout_find_task(f->l, &(struct task_seen){&task, args->cred, args->sp, NULL, 0},
				 trial_known(f->t));
		if (layout_has(f->l, LAYOUT_TASK_TID) && layout_has(f->l, LAYOUT_TASK_COMM))
			break;
	}
	return 0;
}

/* Dumps the task, and then the words before its name once more while credentials are overridden. */
int finder_task(struct finder *f, struct err *e)
{
	const struct dump task = finder_memory(f, f->task, FINDER_TASK_SIZE),
			  over = finder_memory(f, f->later, FINDER_TASK_SIZE);
	struct dump_seen own, override = {0};
	struct dump_request req = {.base = f->current, .size = CRED_NEAR};
	struct task_seen seen;
	int rc;

	memset(f->task, 0, FINDER_TASK_SIZE);
	rc = dump_task(f, &own, e);
	if (rc || !layout_has(f->l, LAYOUT_TASK_COMM))
		return rc;
	req.from = (size_t)MAX(f->l->at[LAYOUT_TASK_COMM] - CRED_NEAR, 0) & ~(size_t)7;
	req.out = f->later + req.from;
	memcpy(f->later, f->task, FINDER_TASK_SIZE);
	rc = dump_read(f->t, REFERENCE_OVERRIDE, &req, &override, e);
	seen = (struct task_seen){&task, own.cred, own.sp, &over, override.cred};
	if (!rc)
		layout_find_task(f->l, &seen, trial_known(f->t));
	return rc == -ENODATA ? 0 : rc;
}

static bool sets_compat(uint32_t before, uint32_t during)
{
	return (before ^ during) == TS_COMPAT && during & TS_COMPAT;
}

/* Whether the word sets TS_COMPAT once more, which a counter would not do. */
static int is_status(struct finder *f, const char *base, size_t at, struct err *e)
{
	unsigned char before[8], during[8];
	struct dump a = finder_memory(f, before, 8), b = finder_memory(f, during, 8);
	int rc = dump_read(f->t, REFERENCE_ASK, &(struct dump_request){base, at, 8, before}, NULL,
			   e);

	if (!rc)
		rc = dump_read(f->t, REFERENCE_COMPAT, &(struct dump_request){base, at, 8, during},
			       NULL, e);
	return rc ? rc : sets_compat(dump_u32(&a, 0), dump_u32(&b, 0));
}

/*
 * Finds the only word in @size bytes from offset @from of @base on that has TS_COMPAT during a
 * 32-bit system call. Returns its offset, -ENODATA if there is none or more than one, or another
 * negative errno.
 */
static int find_status(struct finder *f, const char *base, size_t from, size_t size, struct err *e)
{
	struct dump before = finder_memory(f, f->task, size),
		    during = finder_memory(f, f->later, size);
	int found = -ENODATA,
	    rc = dump_read(f->t, REFERENCE_ASK, &(struct dump_request){base, from, size, f->task},
			   NULL, e);

	if (!rc)
		rc = dump_read(f->t, REFERENCE_COMPAT,
			       &(struct dump_request){base, from, size, f->later}, NULL, e);
	for (size_t at = 0; !rc && at < size; at += 4) {
		if (!sets_compat(dump_u32(&before, at), dump_u32(&during, at)))
			continue;
		rc = is_status(f, base, from + at, e);
		if (rc > 0 && found >= 0)
			return -ENODATA;
		if (rc > 0)
			found = (int)(from + at);
		rc = MIN(rc, 0);
	}
	return rc ? rc : found;
}

static size_t after_name(const struct finder *f)
{
	return layout_has(f->l, LAYOUT_TASK_COMM) ? (size_t)f->l->at[LAYOUT_TASK_COMM] & ~(size_t)7
						  : FINDER_TASK_SIZE;
}

/*
 * Finds thread_info.status, which has TS_COMPAT: at the start of the task, or before 4.9 at the
 * start of its stack; from 4.9 to 4.15 it is in thread_struct, behind the task's name.
 */
int finder_status(struct finder *f, struct err *e)
{
	char stack[64];
	int rc;

	if (!f->ctx->machine->has_status)
		return 0;
	rc = find_status(f, f->current, 0, THREAD_INFO_SIZE, e);
	if (rc == -ENODATA && layout_has(f->l, LAYOUT_TASK_STACK)) {
		snprintf(stack, sizeof(stack), "+%d(%s)", f->l->at[LAYOUT_TASK_STACK], f->current);
		rc = find_status(f, stack, 0, THREAD_INFO_SIZE, e);
		if (rc >= 0) {
			f->l->at[LAYOUT_STACK_STATUS] = rc;
			return 0;
		}
	}
	for (size_t from = after_name(f); rc == -ENODATA && from < FINDER_TASK_SIZE;
	     from += TASK_STEP)
		rc = find_status(f, f->current, from, TASK_STEP, e);
	if (rc >= 0)
		f->l->at[LAYOUT_TASK_STATUS] = rc;
	f->ctx->no_compat = rc == -ENOEXEC;
	return rc == -ENODATA || rc == -EOPNOTSUPP || rc == -ENOEXEC ? 0 : MIN(rc, 0);
}

/* A new UTS namespace changes the task's nsproxy, and a new mount namespace a word in that. */
int finder_mntns(struct finder *f, struct err *e)
{
	unsigned char buf[STRUCT_SIZE] = {0};
	struct dump mnt = finder_memory(f, buf, sizeof(buf));
	char nsproxy[96], mntns[128];
	int rc;

	rc = finder_changed(f, f->current, (size_t)f->l->at[LAYOUT_TASK_COMM], NSPROXY_NEAR,
			    REFERENCE_UTS, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(nsproxy, sizeof(nsproxy), "+%d(%s)", rc, f->current);
	f->l->at[LAYOUT_TASK_NSPROXY] = rc;
	rc = finder_changed(f, nsproxy, 0, 128, REFERENCE_MNT, e);
	if (rc < 0)
		return rc == -1 ? 0 : rc;
	snprintf(mntns, sizeof(mntns), "+%d(%s)", rc, nsproxy);
	f->l->at[LAYOUT_NSPROXY_MNT] = rc;
	rc = dump_read(f->t, REFERENCE_ASK, &(struct dump_request){mntns, 0, sizeof(buf), buf},
		       NULL, e);
	if (!rc)
		f->l->at[LAYOUT_MNT_INUM] = dump_find_u32s(&mnt, &trial_known(f->t)->mntns, 1);
	return rc;
}
