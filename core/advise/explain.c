// SPDX-License-Identifier: GPL-2.0-or-later
/* --explain: shows all evidence about one capability of a subject. */
#include <inttypes.h>
#include <string.h>

#include "core/advise/format.h"
#include "core/advise/rules.h"
#include "core/output/out.h"

#define INDENT 8

static const char *const outcomes[CHECK_OUTCOMES] = {
	[GRANTED_NEEDED] = "granted",
	[GRANTED_NARROW] = "granted; a wider capability would have been enough too",
	[GRANTED_WIDE] = "granted after a narrower one, which would have been enough, was denied",
	[GRANTED_UNNEEDED] = "granted, but not needed",
	[GRANTED_NOAUDIT] = "granted, checked without audit",
	[DENIED_FATAL] = "denied, and the call failed because of it",
	[DENIED_REPLACED] = "denied, and a wider one was granted in its place",
	[DENIED_COVERED] = "denied, where a narrower one would have been enough",
	[DENIED_RETRIED] = "denied to an execve(), and the next execve() succeeded",
	[DENIED_SUCCEEDED] = "denied, but the call succeeded",
	[DENIED_DROPPED] = "denied after the process had dropped it",
	[DENIED_NOT_FATAL] = "denied, but the call did not fail because of it",
	[DENIED_OTHER_ERROR] = "denied, but the call failed for another reason",
	[DENIED_NETLINK] = "denied; the result is in a netlink message",
	[DENIED_UNKNOWN] = "denied; how the call ended is not known",
	[DENIED_NOAUDIT] = "denied, checked without audit",
};

static void begin(struct out *o, const char *what)
{
	out_repeat(o, ' ', INDENT);
	out_str(o, what);
}

static void counted(struct out *o, const char *before, uint64_t n, const char *what)
{
	out_str(o, before);
	out_u64(o, n);
	out_char(o, ' ');
	out_str(o, what);
}

static void checks(const struct tally *t, struct out *o)
{
	for (int outcome = 0; outcome < CHECK_OUTCOMES; outcome++)
		if (t->n[outcome]) {
			begin(o, "checks:");
			counted(o, " ", t->n[outcome], outcomes[outcome]);
			out_char(o, '\n');
		}
}

static void calls(const struct tally *t, struct out *o)
{
	for (size_t i = 0; i < t->calls_len; i++) {
		const struct tally_call *c = &t->calls[i];

		begin(o, "system call: ");
		out_str(o, c->name ? c->name : "none, or not known");
		if (c->granted)
			counted(o, ", ", c->granted, "granted");
		if (c->denied)
			counted(o, ", ", c->denied, "denied");
		if (c->refused)
			counted(o, ", ", c->refused, "failed because of it");
		if (c->unaudited)
			counted(o, ", ", c->unaudited, "without audit");
		out_char(o, '\n');
	}
}

static void processes(const struct advice *a, const struct tally *t, struct out *o)
{
	begin(o, "processes:");
	for (size_t i = 0; i < t->procs_len; i++) {
		out_str(o, i ? ", " : " ");
		out_s64(o, t->procs[i].pid);
		out_char(o, ' ');
		advice_safe(o, t->procs[i].comm);
		if (a->origins_len > 1) {
			out_str(o, " (recording ");
			out_u64(o, t->procs[i].origin + 1);
			out_char(o, ')');
		}
	}
	if (t->processes > t->procs_len) {
		out_str(o, ", … (");
		out_u64(o, t->processes);
		out_str(o, " in all)");
	}
	out_char(o, '\n');
}

static void times(const struct tally *t, struct out *o)
{
	if (!t->first)
		return;
	begin(o, "time: ");
	advice_time(o, t->first);
	if (t->last != t->first) {
		out_str(o, " to ");
		advice_time(o, t->last);
	}
	out_char(o, '\n');
}

static void stacks(const struct tally *t, struct out *o)
{
	if (!t->stacks_len)
		begin(o, "kernel stack: not recorded\n");
	for (size_t i = 0; i < t->stacks_len; i++) {
		const struct tally_stack *s = &t->stacks[i];

		begin(o, "kernel stack, ");
		out_str(o, s->syscall ? s->syscall : "no system call");
		out_str(o, s->denied ? ", denied:\n" : ", granted:\n");
		for (size_t j = 0; j < s->len; j++) {
			out_repeat(o, ' ', INDENT + 4);
			advice_safe(o, s->frames[j]);
			out_char(o, '\n');
		}
	}
}

/* Prints each alternative once, whichever system calls it applies to. */
static void alternatives(const struct tally *t, struct out *o)
{
	const char *told[TALLY_CALLS_MAX];
	size_t len = 0;

	for (size_t i = 0; i < t->calls_len; i++) {
		const char *what = rule_alternative(t->cap, t->calls[i].name);
		size_t j = 0;

		while (j < len && told[j] != what)
			j++;
		if (!what || j < len)
			continue;
		told[len++] = what;
		begin(o, "instead: ");
		out_str(o, what);
		out_char(o, '\n');
	}
}

void advice_explain(const struct advice *a, const struct advice_row *row, struct out *o)
{
	checks(row->tally, o);
	calls(row->tally, o);
	processes(a, row->tally, o);
	times(row->tally, o);
	stacks(row->tally, o);
	alternatives(row->tally, o);
}
