// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/ftrace/outcome.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/backend.h"
#include "core/base/idmap.h"
#include "core/base/util.h"
#include "core/event/precheck.h"
#include "core/event/syscalls.h"
#include "ftrace/probe/hook.h"

#define THREADS_MAX 65536
#define CHECKS_MAX  12  /* checks of one call; then its outcome is delivered without a result */
#define NUMBERS_MAX 512 /* a bound for the numbers of system calls */
#define NEAR        16  /* filter terms for numbers at most this far apart are grouped */

/* A thread's system call in which there was a check whose outcome is wanted. */
struct pending {
	struct hook_call call;
	struct hook_commit commit; /* sum of all commits so far */
	uint64_t since, last;
	int32_t pid;
	unsigned int checks;
	bool committed;
	bool commit_unknown; /* the changes of a commit are unknown */
	bool ends_at_next;   /* the thread's next check is taken for another call's */
};

struct outcomes {
	const struct machine *machine;
	struct idmap *threads;
	bool commits;
};

struct outcomes *outcomes_new(const struct machine *m)
{
	struct outcomes *o = calloc(1, sizeof(*o));

	if (o) {
		o->machine = m;
		o->threads = idmap_new(sizeof(struct pending), THREADS_MAX);
	}
	if (o && !o->threads) {
		free(o);
		return NULL;
	}
	return o;
}

void outcomes_free(struct outcomes *o)
{
	if (!o)
		return;
	idmap_free(o->threads);
	free(o);
}

/* Errors of calls that lack a capability. core/advise/rules.c has which call fails with which. */
static const int errors[] = {EPERM, EACCES, ENOMEM, ENFILE, EMFILE, ENOSPC, EDQUOT, ENODATA};

/*
 * These calls fail with EAGAIN if the user has too many processes. Other calls often return EAGAIN
 * for unrelated reasons, so it is not among the errors above.
 */
static bool is_fork(const char *name)
{
	static const char *const forks[] = {"fork", "vfork", "clone", "clone3"};

	for (size_t i = 0; name && i < ARRAY_SIZE(forks); i++)
		if (!strcmp(name, forks[i]))
			return true;
	return false;
}

/* Among them capset(): it checks SETPCAP at every call, and programs drop capabilities with it. */
static bool needs_all_returns(const char *name)
{
	return name && (precheck_call_needs_outcome(name) || !strcmp(name, "capset"));
}

/* The kernel evaluates the filter at every return of every program: it has to reject most early. */
static void filter_errors(const struct machine *m, FILE *f)
{
	fputs("((ret < 0 || ret > 2147483647) && (", f);
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		fprintf(f, "%sret == %d", i ? " || " : "", -errors[i]);
	/* A 32-bit task's result may come without its sign. */
	fprintf(f, " || ret == %u || ret == %u", -(unsigned int)EPERM, -(unsigned int)EACCES);
	for (int nr = 0; nr < NUMBERS_MAX; nr++)
		if (is_fork(syscall_name(m->abi, nr)))
			fprintf(f, " || (ret == %d && id == %d)", -EAGAIN, nr);
	fputs("))", f);
}

static void filter_group(const int *numbers, size_t len, FILE *f)
{
	if (len > 2)
		fprintf(f, " || (id >= %d && id <= %d && (", numbers[0], numbers[len - 1]);
	else
		fputs(" || (", f);
	for (size_t i = 0; i < len; i++)
		fprintf(f, "%sid == %d", i ? " || " : "", numbers[i]);
	fputs(len > 2 ? "))" : ")", f);
}

/*
 * Calls of the kernel's native ABI alone: a number of the other ABI belongs to an unrelated call in
 * the native one, which may be a frequent one.
 */
static void filter_calls(const struct machine *m, FILE *f)
{
	int numbers[NUMBERS_MAX];
	size_t len = 0, from = 0;

	for (int nr = 0; nr < NUMBERS_MAX; nr++)
		if (needs_all_returns(syscall_name(m->abi, nr)))
			numbers[len++] = nr;
	for (size_t i = 1; i <= len; i++)
		if (i == len || numbers[i] - numbers[i - 1] > NEAR) {
			filter_group(numbers + from, i - from, f);
			from = i;
		}
}

char *outcomes_filter(const struct machine *m)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	filter_errors(m, f);
	filter_calls(m, f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

void outcomes_know_commits(struct outcomes *o, bool known)
{
	o->commits = known;
}

static void hand_out(const struct outcomes *o, const struct pending *p, int32_t tid, uint64_t until,
		     const int64_t *ret, struct event_handler *handler)
{
	struct cap_outcome out = {
		.since = p->since,
		.until = until,
		.pid = p->pid,
		.tid = tid,
		.has_ret = ret,
		.ret = ret ? *ret : 0,
		.has_ids = o->commits && !p->commit_unknown,
		.ids_changed = p->commit.ids_changed,
		.has_permitted = p->commit.has_permitted && !p->commit_unknown,
		.permitted = p->commit.permitted,
		.has_args = p->call.has_args,
	};

	for (size_t i = 0; i < ARRAY_SIZE(out.args); i++)
		out.args[i] = p->call.args[i];
	out.refused = out.ret == -EPERM || out.ret == -EACCES;
	handler->outcome(handler, &out);
}

static void end_without_return(struct outcomes *o, const struct pending *p, int32_t tid,
			       struct event_handler *handler)
{
	hand_out(o, p, tid, p->last, NULL, handler);
	idmap_remove(o->threads, (uint32_t)tid, 0);
}

/*
 * Two calls in a row with the same number and arguments cannot be told apart. A check of a probe
 * that does not fetch the arguments is taken to be in the thread's pending call.
 */
static bool same_call(const struct hook_call *a, const struct hook_call *b)
{
	if (a->syscall != b->syscall || a->abi != b->abi)
		return false;
	return !a->has_args || !b->has_args || !memcmp(a->args, b->args, sizeof(a->args));
}

void outcomes_before(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     struct event_handler *handler)
{
	const struct pending *p = idmap_find(o->threads, (uint32_t)tid, 0);

	/* Calls make their checks before they commit: a check after a commit is another call's. */
	if (p && (p->committed || p->ends_at_next || p->checks == CHECKS_MAX ||
		  !same_call(&p->call, call)))
		end_without_return(o, p, tid, handler);
}

static bool is_wanted(const struct cap_event *ev)
{
	if (!event_has(ev, FIELD(VERDICT) | FIELD(SYSCALL)) ||
	    (event_has(ev, FIELD(AUDIT)) && !ev->audit))
		return false;
	return ev->verdict == CAP_DENY || precheck_needs_outcome(ev->cap, ev->syscall) ||
	       ev->cap == CAP_SETPCAP;
}

void outcomes_after(struct outcomes *o, const struct cap_event *ev, const struct hook_call *call)
{
	struct pending *p;

	if (!is_wanted(ev) || !call->syscall)
		return;
	/* NULL: the table is full, and this outcome stays unknown. */
	p = idmap_make(o->threads, (uint32_t)ev->tid, 0);
	if (!p)
		return;
	if (!p->checks++)
		*p = (struct pending){
			.call = *call,
			.since = ev->timestamp,
			.pid = ev->pid,
			.checks = 1,
		};
	p->last = ev->timestamp;
	/*
	 * Successful returns of this ABI are not recorded. So if a call succeeds and an identical
	 * one then fails, that failure must not be taken for the result of the first.
	 */
	if (call->abi != o->machine->abi && ev->verdict == CAP_ALLOW &&
	    precheck_of(ev->cap, ev->syscall) == PRECHECK_CALL)
		p->ends_at_next = true;
}

void outcomes_commit(struct outcomes *o, int32_t tid, const struct hook_call *call,
		     const struct hook_commit *commit, struct event_handler *handler)
{
	struct pending *p = idmap_find(o->threads, (uint32_t)tid, 0);

	if (!p)
		return;
	if (call->syscall && !same_call(&p->call, call)) {
		end_without_return(o, p, tid, handler);
		return;
	}
	p->committed = true;
	if (!commit || !call->syscall) {
		p->commit_unknown = true;
		return;
	}
	p->commit.ids_changed |= commit->ids_changed;
	p->commit.has_permitted = commit->has_permitted;
	p->commit.permitted = commit->permitted;
}

void outcomes_return(struct outcomes *o, int32_t tid, int64_t nr, int64_t ret, uint64_t time,
		     struct event_handler *handler)
{
	const struct pending *p = idmap_find(o->threads, (uint32_t)tid, 0);
	int64_t signed_ret = (int64_t)(int32_t)ret;

	if (!p)
		return;
	if (p->call.syscall != syscall_name(p->call.abi, (int)nr)) {
		end_without_return(o, p, tid, handler);
		return;
	}
	hand_out(o, p, tid, time, &signed_ret, handler);
	idmap_remove(o->threads, (uint32_t)tid, 0);
}

struct flush {
	const struct outcomes *o;
	uint64_t time;
	struct event_handler *handler;
};

static void flush_one(void *arg, uint64_t tid, uint64_t unused, void *value)
{
	const struct flush *f = arg;

	hand_out(f->o, value, (int32_t)tid, f->time, NULL, f->handler);
}

void outcomes_flush(struct outcomes *o, uint64_t time, struct event_handler *handler)
{
	struct flush f = {o, time, handler};

	idmap_take(o->threads, flush_one, &f);
}
