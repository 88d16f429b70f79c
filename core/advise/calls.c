// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/advise/rules.h"
#include "core/base/idmap.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/origin.h"
#include "core/event/precheck.h"
#include "core/event/syscall_groups.h"
#include "core/event/syscalls.h"

#define THREADS_MAX 65536
#define WAITING_MAX 16 /* checks of one thread in one system call */

/*
 * Each drain converts times to Unix time anew, so times of one clock may differ a little.
 * Anything farther apart than this belongs to another system call, whose outcome was lost.
 */
#define SLACK_NS 1000000

/* Errors from this one on tell the kernel to restart the call (include/linux/errno.h). */
#define ERESTART_FIRST 512

struct waiting {
	struct tally *t;
	unsigned int call;
	enum check_outcome outcome; /* what it is counted as now */
	uint64_t time;
	uint32_t target_userns;
	const char *syscall;
};

struct thread {
	struct waiting w[WAITING_MAX];
	size_t len;
	bool exec_refused; /* the checks in `w` made an execve() fail */
};

struct calls {
	struct idmap *threads;
};

struct calls *calls_new(void)
{
	struct calls *c = calloc(1, sizeof(*c));

	if (c)
		c->threads = idmap_new(sizeof(struct thread), THREADS_MAX);
	if (c && !c->threads) {
		free(c);
		return NULL;
	}
	return c;
}

void calls_free(struct calls *c)
{
	if (!c)
		return;
	idmap_free(c->threads);
	free(c);
}

static struct thread *find_thread(const struct calls *c, unsigned int origin, int32_t tid)
{
	return idmap_find(c->threads, origin_task_key(origin, tid), 0);
}

static void forget_thread(struct calls *c, unsigned int origin, int32_t tid)
{
	idmap_remove(c->threads, origin_task_key(origin, tid), 0);
}

static void settle(struct waiting *w, enum check_outcome outcome)
{
	tally_move(w->t, w->call, w->outcome, outcome);
	w->outcome = outcome;
}

/* Settles checks that made an execve() fail as @outcome, and forgets the thread. */
static void settle_exec(struct calls *c, struct thread *th, unsigned int origin, int32_t tid,
			enum check_outcome outcome)
{
	for (size_t i = 0; i < th->len; i++)
		if (th->w[i].outcome == DENIED_FATAL)
			settle(&th->w[i], outcome);
	forget_thread(c, origin, tid);
}

/* The check before @ev, if both belong to one operation. */
static struct waiting *just_before(const struct calls *c, const struct cap_event *ev)
{
	struct thread *th = find_thread(c, ev->origin, ev->tid);
	struct waiting *w = th && th->len && !th->exec_refused ? &th->w[th->len - 1] : NULL;

	if (!w || w->outcome != DENIED_UNKNOWN || w->target_userns != ev->target_userns)
		return NULL;
	if (event_has(ev, FIELD(TIMESTAMP)) && ev->timestamp > w->time + SLACK_NS)
		return NULL;
	return w->syscall == ev->syscall ? w : NULL;
}

enum check_outcome calls_classify(struct calls *c, const struct cap_event *ev)
{
	bool granted = ev->verdict == CAP_ALLOW;
	const char *syscall = event_syscall(ev);
	struct waiting *before = just_before(c, ev);
	int cap = before ? before->t->cap : -1;

	if (before && rule_chain(cap, ev->cap)) {
		if (!granted)
			return DENIED_COVERED;
		settle(before, DENIED_REPLACED);
		return GRANTED_WIDE;
	}
	if (before && rule_chain(ev->cap, cap))
		settle(before, DENIED_COVERED);
	switch (precheck_of(ev->cap, syscall)) {
	case PRECHECK_TRIED:
		return granted ? GRANTED_UNNEEDED : DENIED_SUCCEEDED;
	case PRECHECK_SILENT:
		return granted ? GRANTED_NEEDED : DENIED_FATAL;
	case PRECHECK_FREE:
		return granted ? GRANTED_UNNEEDED : DENIED_UNKNOWN;
	case PRECHECK_CALL:
		if (granted && precheck_call_need(ev->cap, syscall, NULL) == CALL_WORKS_WITHOUT)
			return GRANTED_UNNEEDED;
		break;
	case PRECHECK_IDS:
	case PRECHECK_NONE:
		break;
	}
	if (!granted)
		return DENIED_UNKNOWN;
	return rule_cover(ev->cap, syscall) ? GRANTED_NARROW : GRANTED_NEEDED;
}

static bool matters(const struct cap_event *ev, enum check_outcome outcome)
{
	const char *syscall = event_syscall(ev);

	return outcome == DENIED_UNKNOWN ||
	       (ev->verdict == CAP_ALLOW && precheck_needs_outcome(ev->cap, syscall));
}

void calls_keep(struct calls *c, const struct cap_event *ev, struct tally *t, unsigned int call,
		enum check_outcome outcome)
{
	struct thread *th = find_thread(c, ev->origin, ev->tid);

	if (th && th->exec_refused && !syscall_among(CALLS_EXEC, event_syscall(ev))) {
		forget_thread(c, ev->origin, ev->tid);
		th = NULL;
	}
	if (!matters(ev, outcome) || !event_has(ev, FIELD(TID)))
		return;
	/* Full of threads whose outcomes never came: their checks stay DENIED_UNKNOWN. */
	if (!th && idmap_len(c->threads) == THREADS_MAX)
		idmap_take(c->threads, NULL, NULL);
	if (!th)
		th = idmap_make(c->threads, origin_task_key(ev->origin, ev->tid), 0);
	if (!th)
		return;
	if (th->len == WAITING_MAX) {
		memmove(th->w, th->w + 1, sizeof(th->w) - sizeof(th->w[0]));
		th->len--;
	}
	th->exec_refused = false;
	th->w[th->len++] = (struct waiting){
		.t = t,
		.call = call,
		.outcome = outcome,
		.time = ev->timestamp,
		.target_userns = ev->target_userns,
		.syscall = event_syscall(ev),
	};
}

static enum check_outcome outcome_denied(const struct waiting *w, const struct cap_outcome *o)
{
	int error = o->has_ret && o->ret < 0 ? (int)-o->ret : 0;

	switch (precheck_call_need(w->t->cap, w->syscall, o)) {
	case CALL_WORKS_WITHOUT:
		return DENIED_SUCCEEDED;
	case CALL_LOSES_WITHOUT:
		return DENIED_FATAL;
	case CALL_FAILS_WITHOUT:
		break;
	}
	if (o->refused || (error && rule_refusal(w->t->cap, error)))
		return DENIED_FATAL;
	if (error >= ERESTART_FIRST)
		return DENIED_UNKNOWN;
	if (error)
		return DENIED_OTHER_ERROR;
	if (rule_netlink(w->t->cap, w->syscall))
		return DENIED_NETLINK;
	return o->has_ret ? DENIED_SUCCEEDED : DENIED_NOT_FATAL;
}

static enum check_outcome outcome_granted(const struct waiting *w, const struct cap_outcome *o)
{
	if (precheck_of(w->t->cap, w->syscall) == PRECHECK_CALL)
		return precheck_call_need(w->t->cap, w->syscall, o) == CALL_WORKS_WITHOUT
			       ? GRANTED_UNNEEDED
			       : GRANTED_NEEDED;
	return o->has_ids && !o->ids_changed && !o->refused ? GRANTED_UNNEEDED : GRANTED_NEEDED;
}

static void decide(struct waiting *w, const struct cap_outcome *o)
{
	if (o->until + SLACK_NS < w->time || o->since > w->time + SLACK_NS)
		return;
	if (w->outcome == DENIED_UNKNOWN)
		settle(w, outcome_denied(w, o));
	else if (w->outcome == GRANTED_NEEDED || w->outcome == GRANTED_UNNEEDED)
		settle(w, outcome_granted(w, o));
	if (w->outcome == DENIED_FATAL && o->has_ret)
		w->t->refused_error = o->ret < 0 ? (int)-o->ret : 0;
	else if (w->outcome == DENIED_FATAL)
		w->t->refused_error = EPERM;
}

void calls_outcome(struct calls *c, const struct cap_outcome *o)
{
	struct thread *th = find_thread(c, o->origin, o->tid);
	bool exec = false;

	if (!th)
		return;
	for (size_t i = 0; i < th->len; i++) {
		decide(&th->w[i], o);
		exec |= th->w[i].outcome == DENIED_FATAL &&
			syscall_among(CALLS_EXEC, th->w[i].syscall);
	}
	if (!exec)
		forget_thread(c, o->origin, o->tid);
	else
		th->exec_refused = true;
}

void calls_exec(struct calls *c, const struct cap_exec *x)
{
	struct thread *th = find_thread(c, x->origin, x->tid);

	if (th && th->exec_refused)
		settle_exec(c, th, x->origin, x->tid, DENIED_RETRIED);
}

void calls_finish(struct calls *c)
{
	idmap_take(c->threads, NULL, NULL);
}
