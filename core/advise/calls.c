// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/advise/idmap.h"
#include "core/advise/rules.h"
#include "core/base/util.h"
#include "core/event/event.h"

#define THREADS_MAX 65536
#define WAITING_MAX 16 /* of a thread, in one system call */

/*
 * Times of one clock are turned into Unix time at each drain anew, and may then differ a little.
 * What is farther apart is from another system call, whose outcome was lost.
 */
#define SLACK_NS 1000000

/* Results past this are orders to restart the call (include/linux/errno.h). */
#define ERESTART_FIRST 512

struct waiting {
	struct tally *t;
	unsigned int call;
	enum tally_kind kind; /* as which it is counted now */
	uint64_t time;
	uint32_t target_userns;
	const char *syscall;
};

struct thread {
	struct waiting w[WAITING_MAX];
	size_t len;
	bool exec_refused; /* what is left are checks of an execve() that failed for them */
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

static struct thread *find_thread(const struct calls *c, unsigned int source, int32_t tid)
{
	return idmap_find(c->threads, (uint64_t)source << 32 | (uint32_t)tid, 0);
}

static void forget_thread(struct calls *c, unsigned int source, int32_t tid)
{
	idmap_remove(c->threads, (uint64_t)source << 32 | (uint32_t)tid, 0);
}

static bool is_exec(const char *syscall)
{
	return syscall && (!strcmp(syscall, "execve") || !strcmp(syscall, "execveat"));
}

static void settle(struct waiting *w, enum tally_kind kind)
{
	tally_move(w->t, w->call, w->kind, kind);
	w->kind = kind;
}

/* An execve() that failed is a failure once something else follows than the next one. */
static void settle_exec(struct calls *c, struct thread *th, unsigned int source, int32_t tid,
			enum tally_kind kind)
{
	for (size_t i = 0; i < th->len; i++)
		if (th->w[i].kind == TALLY_REFUSED)
			settle(&th->w[i], kind);
	forget_thread(c, source, tid);
}

/* The check before @ev, if both are of one operation. */
static struct waiting *just_before(const struct calls *c, const struct cap_event *ev)
{
	struct thread *th = find_thread(c, ev->source, ev->tid);
	struct waiting *w = th && th->len && !th->exec_refused ? &th->w[th->len - 1] : NULL;

	if (!w || w->kind != TALLY_UNKNOWN || w->target_userns != ev->target_userns)
		return NULL;
	if (event_has(ev, CAP_HAVE(TIMESTAMP)) && ev->timestamp > w->time + SLACK_NS)
		return NULL;
	return w->syscall == ev->syscall ? w : NULL;
}

enum tally_kind calls_kind(struct calls *c, const struct cap_event *ev)
{
	bool granted = ev->verdict == CAP_ALLOW;
	const char *syscall = event_has(ev, CAP_HAVE(SYSCALL)) ? ev->syscall : NULL;
	struct waiting *before = just_before(c, ev);
	int cap = before ? before->t->cap : -1;

	if (before && knows_chain(cap, ev->cap)) {
		if (!granted)
			return TALLY_COVERED;
		settle(before, TALLY_REPLACED);
		return TALLY_WIDE;
	}
	if (before && knows_chain(ev->cap, cap))
		settle(before, TALLY_COVERED);
	switch (knows_first(ev->cap, syscall)) {
	case FIRST_TRIED:
		return granted ? TALLY_FREE : TALLY_PASSED;
	case FIRST_SILENT:
		return granted ? TALLY_GRANTED : TALLY_REFUSED;
	case FIRST_FREE:
		return granted ? TALLY_FREE : TALLY_UNKNOWN;
	case FIRST_CALL:
		if (granted && knows_call(ev->cap, syscall, NULL) == CALL_SPARES)
			return TALLY_FREE;
		break;
	case FIRST_IDS:
	case FIRST_NOT:
		break;
	}
	if (!granted)
		return TALLY_UNKNOWN;
	return knows_cover(ev->cap, syscall) ? TALLY_NARROW : TALLY_GRANTED;
}

static bool matters(const struct cap_event *ev, enum tally_kind kind)
{
	const char *syscall = event_has(ev, CAP_HAVE(SYSCALL)) ? ev->syscall : NULL;

	return kind == TALLY_UNKNOWN ||
	       (ev->verdict == CAP_ALLOW && knows_awaited(ev->cap, syscall));
}

void calls_keep(struct calls *c, const struct cap_event *ev, struct tally *t, unsigned int call,
		enum tally_kind kind)
{
	struct thread *th = find_thread(c, ev->source, ev->tid);

	if (th && th->exec_refused && !is_exec(ev->syscall)) {
		forget_thread(c, ev->source, ev->tid);
		th = NULL;
	}
	if (!matters(ev, kind) || !event_has(ev, CAP_HAVE(TID)))
		return;
	/* Full of threads whose outcomes never came: they stay unknown. */
	if (!th && idmap_len(c->threads) == THREADS_MAX)
		idmap_take(c->threads, NULL, NULL);
	if (!th)
		th = idmap_make(c->threads, (uint64_t)ev->source << 32 | (uint32_t)ev->tid, 0);
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
		.kind = kind,
		.time = ev->timestamp,
		.target_userns = ev->target_userns,
		.syscall = event_has(ev, CAP_HAVE(SYSCALL)) ? ev->syscall : NULL,
	};
}

static enum tally_kind kind_denied(const struct waiting *w, const struct cap_outcome *o)
{
	int error = o->has_ret && o->ret < 0 ? (int)-o->ret : 0;

	switch (knows_call(w->t->cap, w->syscall, o)) {
	case CALL_SPARES:
		return TALLY_PASSED;
	case CALL_LOSES:
		return TALLY_REFUSED;
	case CALL_NEEDS:
		break;
	}
	if (o->refused || (error && knows_refusal(w->t->cap, error)))
		return TALLY_REFUSED;
	if (error >= ERESTART_FIRST)
		return TALLY_UNKNOWN;
	if (error)
		return TALLY_OTHER;
	if (knows_later(w->t->cap, w->syscall))
		return TALLY_LATER;
	return o->has_ret ? TALLY_PASSED : TALLY_WENT;
}

static enum tally_kind kind_granted(const struct waiting *w, const struct cap_outcome *o)
{
	if (knows_first(w->t->cap, w->syscall) == FIRST_CALL)
		return knows_call(w->t->cap, w->syscall, o) == CALL_SPARES ? TALLY_FREE
									   : TALLY_GRANTED;
	return o->has_ids && !o->ids_changed && !o->refused ? TALLY_FREE : TALLY_GRANTED;
}

static void decide(struct waiting *w, const struct cap_outcome *o)
{
	if (o->until + SLACK_NS < w->time || o->since > w->time + SLACK_NS)
		return;
	if (w->kind == TALLY_UNKNOWN)
		settle(w, kind_denied(w, o));
	else if (w->kind == TALLY_GRANTED || w->kind == TALLY_FREE)
		settle(w, kind_granted(w, o));
	if (w->kind == TALLY_REFUSED && o->has_ret)
		w->t->refused_error = o->ret < 0 ? (int)-o->ret : 0;
	else if (w->kind == TALLY_REFUSED)
		w->t->refused_error = EPERM;
}

void calls_outcome(struct calls *c, const struct cap_outcome *o)
{
	struct thread *th = find_thread(c, o->source, o->tid);
	bool exec = false;

	if (!th)
		return;
	for (size_t i = 0; i < th->len; i++) {
		decide(&th->w[i], o);
		exec |= th->w[i].kind == TALLY_REFUSED && is_exec(th->w[i].syscall);
	}
	if (!exec)
		forget_thread(c, o->source, o->tid);
	else
		th->exec_refused = true;
}

void calls_exec(struct calls *c, const struct cap_exec *x)
{
	struct thread *th = find_thread(c, x->source, x->tid);

	if (th && th->exec_refused)
		settle_exec(c, th, x->source, x->tid, TALLY_OVERCOME);
}

void calls_finish(struct calls *c)
{
	idmap_take(c->threads, NULL, NULL);
}
