// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/advise.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/advice.h"
#include "core/advise/calls.h"
#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "core/advise/rules.h"
#include "core/advise/subject_processes.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/origin.h"
#include "core/event/syscall_groups.h"
#include "core/event/syscalls.h"
#include "core/output/out.h"

struct advise {
	struct sink sink;
	struct out *out;
	const struct advise_cfg *cfg;
	struct subjects *subjects;
	struct subject_processes *processes;
	struct calls *calls;
	struct advice advice;
	struct {
		int32_t pid;
		char comm[16];
		const char *syscall;
	} before;    /* the command's last check before its exec */
	bool *begun; /* for each origin: its command has been executed */
	uint64_t no_audit, no_namespace,
		no_verdict;    /* checks whose audit flag, namespaces, verdict are unknown */
	uint64_t out_of_range; /* checks for capabilities above 63 */
	bool no_memory;
	int code;
};

static void advise_close(struct sink *sink)
{
	struct advise *ad = container_of(sink, struct advise, sink);

	for (size_t i = 0; i < ad->advice.incomplete_len; i++)
		free(ad->advice.incomplete[i]);
	free(ad->advice.subjects);
	subject_processes_free(ad->processes);
	subjects_free(ad->subjects);
	calls_free(ad->calls);
	free(ad->begun);
	free(ad);
}

static int advise_open(struct sink **sink, const struct sink_cfg *cfg, struct err *e)
{
	struct advise *ad = calloc(1, sizeof(*ad));

	if (!ad)
		return err_nomem(e);
	ad->sink.ops = &advise_sink_ops;
	ad->out = cfg->out;
	ad->cfg = cfg->advise;
	ad->advice.origins = cfg->origins;
	ad->advice.origins_len = cfg->origins_len;
	ad->advice.explain = cfg->advise->explain;
	ad->subjects = subjects_new(cfg->advise->by, cfg->origins, cfg->origins_len);
	ad->processes = subject_processes_new(cfg->origins, cfg->origins_len);
	ad->calls = calls_new();
	ad->begun = calloc(cfg->origins_len, sizeof(*ad->begun));
	if (!ad->subjects || !ad->processes || !ad->calls || !ad->begun) {
		advise_close(&ad->sink);
		return err_nomem(e);
	}
	ad->advice.by = subjects_by(ad->subjects);
	*sink = &ad->sink;
	return 0;
}

/*
 * Whether @ev was made before the command's own exec completed: by captrace's preparations, or by
 * the kernel while it executes the file. Where the origin reports no execs, all checks up to the
 * first one outside execve() count as such.
 */
static bool is_before(struct advise *ad, const struct cap_event *ev)
{
	const struct cap_origin *src = &ad->advice.origins[ev->origin];

	if (ad->begun[ev->origin] || !src->command)
		return false;
	if (src->fields & FIELD(EXEC) || syscall_among(CALLS_EXEC, event_syscall(ev)))
		return true;
	ad->begun[ev->origin] = true;
	return false;
}

static bool is_unaudited(struct advise *ad, const struct cap_event *ev)
{
	if (event_has(ev, FIELD(AUDIT)))
		return !ev->audit;
	if (rule_unaudited(ev->cap, event_syscall(ev)))
		return true;
	ad->no_audit++;
	return false;
}

/*
 * Whether the check was made with credentials that are not the task's own: overlayfs acts with
 * those of the task that mounted it.
 */
static bool is_foreign(const struct cap_event *ev)
{
	return event_has(ev, FIELD(CRED_OVERRIDE)) && ev->cred_override &&
	       !rule_override_is_own(event_syscall(ev));
}

/* @dropped: the process had the capability before and has dropped it. */
static enum check_outcome outcome_of(struct advise *ad, const struct cap_event *ev, bool dropped)
{
	bool granted = ev->verdict == CAP_ALLOW;
	enum check_outcome outcome;

	if (is_unaudited(ad, ev)) {
		if (!rule_needed(ev->cap, event_syscall(ev)))
			return granted ? GRANTED_NOAUDIT : DENIED_NOAUDIT;
		outcome = granted ? GRANTED_NEEDED : DENIED_FATAL;
	} else {
		outcome = calls_classify(ad->calls, ev);
	}
	return dropped && (outcome == DENIED_UNKNOWN || outcome == DENIED_FATAL) ? DENIED_DROPPED
										 : outcome;
}

/* Where and as what a check was counted. */
struct counted {
	struct tally *tally;
	unsigned int call;
	enum check_outcome outcome;
};

static bool count_check(struct advise *ad, const struct cap_event *ev, struct counted *c)
{
	enum scope scope;
	struct subject *sub = subjects_find(ad->subjects, ev, &scope);
	bool dropped, used;

	c->tally = sub ? subject_tally(sub, scope, ev->cap) : NULL;
	if (!c->tally) {
		ad->no_memory = true;
		return false;
	}
	dropped = subject_processes_dropped(ad->processes, sub, scope, ev);
	c->outcome = outcome_of(ad, ev, dropped);
	c->call = tally_add(c->tally, ev, c->outcome);
	used = c->outcome == GRANTED_NEEDED || c->outcome == GRANTED_NARROW ||
	       c->outcome == GRANTED_WIDE;
	subject_processes_add(ad->processes, sub, scope, ev, c->tally, used);
	return true;
}

/* Counts @count checks like @ev that the kernel has counted: their outcomes were not recorded. */
static void take_aggregate(struct advise *ad, const struct cap_event *ev, uint64_t count)
{
	struct counted c;

	if (count_check(ad, ev, &c))
		tally_add_more(c.tally, ev, c.call, c.outcome, count - 1);
}

static void take_event(struct advise *ad, const struct cap_event *ev)
{
	struct counted c;

	if (!count_check(ad, ev, &c))
		return;
	calls_keep(ad->calls, ev, c.tally, c.call, c.outcome);
	if (ad->cfg->explain >> ev->cap & 1)
		tally_add_stack(c.tally, ev);
	if (!event_has(ev, FIELD(TARGET_USERNS) | FIELD(CURRENT_USERNS)))
		ad->no_namespace++;
}

/*
 * Whether an aggregate counts checks that were ignored because they came before the command's exec.
 * The command name tells them apart: the exec changes it.
 */
static bool is_ignored(const struct advise *ad, const struct cap_event *ev)
{
	return ad->before.pid && ad->before.pid == ev->pid && event_has(ev, FIELD(SYSCALL)) &&
	       ad->before.syscall == ev->syscall && !strcmp(ad->before.comm, ev->comm);
}

static void advise_aggregate(struct sink *sink, const struct cap_event *ev, uint64_t count)
{
	struct advise *ad = container_of(sink, struct advise, sink);

	ad->advice.events += count;
	if (ev->cap < 0 || ev->cap >= SUBJECT_CAPS)
		ad->out_of_range += count;
	else if (is_ignored(ad, ev))
		ad->advice.ignored += count;
	else
		take_aggregate(ad, ev, count);
}

/* Remembers pid, comm and syscall, so that aggregates of these checks are ignored too. */
static void ignore_before(struct advise *ad, const struct cap_event *ev)
{
	ad->advice.ignored++;
	ad->before.pid = ev->pid;
	ad->before.syscall = event_syscall(ev);
	memcpy(ad->before.comm, ev->comm, sizeof(ad->before.comm));
}

static void advise_event(struct sink *sink, const struct cap_event *ev)
{
	struct advise *ad = container_of(sink, struct advise, sink);

	ad->advice.events++;
	if (!event_has(ev, FIELD(CAP) | FIELD(VERDICT)))
		ad->no_verdict++;
	else if (ev->cap < 0 || ev->cap >= SUBJECT_CAPS)
		ad->out_of_range++;
	else if (is_before(ad, ev))
		ignore_before(ad, ev);
	else if (is_foreign(ev))
		ad->advice.ignored++;
	else
		take_event(ad, ev);
}

static void advise_outcome(struct sink *sink, const struct cap_outcome *o)
{
	struct advise *ad = container_of(sink, struct advise, sink);

	calls_outcome(ad->calls, o);
	subject_processes_outcome(ad->processes, o);
}

static void advise_exec(struct sink *sink, const struct cap_exec *x)
{
	struct advise *ad = container_of(sink, struct advise, sink);

	ad->begun[x->origin] = true;
	calls_exec(ad->calls, x);
	subjects_exec(ad->subjects, x);
}

static void __attribute__((format(printf, 2, 3)))
incomplete(struct advise *ad, const char *fmt, ...)
{
	struct advice *a = &ad->advice;
	va_list ap;

	if (a->incomplete_len == ARRAY_SIZE(a->incomplete))
		return;
	va_start(ap, fmt);
	if (vasprintf(&a->incomplete[a->incomplete_len], fmt, ap) >= 0)
		a->incomplete_len++;
	va_end(ap);
}

static uint64_t unknown_outcomes(const struct advice *a)
{
	uint64_t n = 0;

	for (size_t i = 0; i < a->len; i++)
		for (size_t j = 0; j < a->subjects[i].rows_len; j++)
			if (a->subjects[i].rows[j].class == ADVICE_UNKNOWN)
				n += a->subjects[i].rows[j].tally->n[DENIED_UNKNOWN];
	return n;
}

/* Collects the reasons why the advice may be incomplete, in words for users. */
static void tell_incomplete(struct advise *ad, const struct run_summary *res)
{
	const struct advice *a = &ad->advice;
	uint64_t unknown = unknown_outcomes(a);

	if (res->lost)
		incomplete(ad, "%" PRIu64 " events were lost (--buffer-size makes the ring larger)",
			   res->lost);
	if (res->failed)
		incomplete(ad, "an error stopped captrace before all checks were read");
	if (res->incomplete)
		incomplete(ad, "%s", res->incomplete);
	if (ad->no_verdict)
		incomplete(ad, "the verdict of %" PRIu64 " checks is not known", ad->no_verdict);
	if (ad->no_audit)
		incomplete(ad,
			   "it is not known whether %" PRIu64 " checks were audited: what they "
			   "asked for may be optional",
			   ad->no_audit);
	if (ad->no_namespace)
		incomplete(ad,
			   "the user namespaces of %" PRIu64 " checks are not known: captrace "
			   "takes them for the host's",
			   ad->no_namespace);
	if (unknown)
		incomplete(ad,
			   "how the system call ended is not known for %" PRIu64 " denied checks",
			   unknown);
	if (ad->out_of_range)
		incomplete(ad, "%" PRIu64 " checks were for capabilities above 63",
			   ad->out_of_range);
	if (ad->no_memory)
		incomplete(ad, "captrace ran out of memory");
}

static int make_advice(struct advise *ad)
{
	struct advice *a = &ad->advice;
	size_t n = 0;

	while (subjects_at(ad->subjects, n))
		n++;
	a->subjects = calloc(n + 1, sizeof(*a->subjects));
	if (!a->subjects)
		return -ENOMEM;
	for (a->len = 0; a->len < n; a->len++) {
		const struct subject *sub = subjects_at(ad->subjects, a->len);
		struct granted granted;

		advice_classify(&a->subjects[a->len], sub);
		granted_find(&granted, a->by, sub, a->origins, a->origins_len);
		advice_compare(&a->subjects[a->len], &granted);
	}
	return 0;
}

/* A command that succeeded may not need what some of its calls failed without. */
static void tell_success(struct advise *ad)
{
	for (size_t i = 0; i < ad->advice.len; i++)
		for (size_t j = 0; j < ad->advice.subjects[i].rows_len; j++) {
			struct advice_row *row = &ad->advice.subjects[i].rows[j];

			if (row->class == ADVICE_MISSING && !row->reason[0])
				snprintf(row->reason, sizeof(row->reason),
					 "the command still ended with exit code 0");
		}
}

/* "A, B and C (denied)" */
static void write_excess(struct out *o, uint64_t excess, uint64_t denied)
{
	int left = __builtin_popcountll(excess);
	const char *before = "";

	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		char name[CAPNAME_MAX];

		if (!(excess >> cap & 1))
			continue;
		out_str(o, before);
		out_str(o, capname_of(cap, name, sizeof(name)));
		out_str(o, denied >> cap & 1 ? " (denied)" : "");
		before = --left > 1 ? ", " : " and ";
	}
}

/* Prints one line for each subject that needs more than --expect allows. */
static bool tell_excess(const struct advise *ad)
{
	bool any = false;

	for (size_t i = 0; i < ad->advice.len; i++) {
		const struct advice_subject *s = &ad->advice.subjects[i];
		uint64_t excess = expect_excess(ad->cfg->expect, s);
		struct out *o = excess ? out_new(-1) : NULL;
		size_t len;

		any |= excess != 0;
		if (!o)
			continue;
		advice_safe(o, s->subject->name);
		out_str(o, " needs ");
		write_excess(o, excess, s->sets[ADVICE_MISSING]);
		out_str(o, ", which --expect does not allow");
		out_char(o, '\0');
		log_note("%s", out_data(o, &len));
		out_free(o);
	}
	return any;
}

static void advise_finish(struct sink *sink, const struct run_summary *res)
{
	struct advise *ad = container_of(sink, struct advise, sink);
	struct advice *a = &ad->advice;

	calls_finish(ad->calls);
	subject_processes_finish(ad->processes);
	subjects_finish(ad->subjects);
	a->lost = res->lost;
	if (make_advice(ad))
		ad->no_memory = true;
	if (res->succeeded)
		tell_success(ad);
	tell_incomplete(ad, res);
	ad->cfg->format->write(a, ad->out);
	/* The text output already contains these lines. */
	for (size_t i = 0; ad->cfg->format != advice_formats && i < a->incomplete_len; i++)
		log_note("the advice is incomplete: %s", a->incomplete[i]);
	if (ad->cfg->expect && tell_excess(ad))
		ad->code = EXIT_UNEXPECTED;
	else if (a->incomplete_len && !ad->cfg->allow_incomplete)
		ad->code = EXIT_INCOMPLETE;
}

static int advise_exit_code(const struct sink *sink)
{
	return container_of(sink, struct advise, sink)->code;
}

const struct sink_ops advise_sink_ops = {
	.name = "advise",
	.whole = true,
	.open = advise_open,
	.event = advise_event,
	.outcome = advise_outcome,
	.exec = advise_exec,
	.lost = NULL,
	.aggregate = advise_aggregate,
	.finish = advise_finish,
	.exit_code = advise_exit_code,
	.close = advise_close,
};
