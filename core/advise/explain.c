// SPDX-License-Identifier: GPL-2.0-or-later
/* --explain: all that is known about one capability of a subject. */
#include <inttypes.h>
#include <string.h>

#include "core/advise/format.h"
#include "core/advise/rules.h"
#include "core/output/out.h"

#define INDENT 8

static const char *const outcomes[CHECK_OUTCOMES] = {
	[GRANTED_NEEDED] = "granted",
	[GRANTED_NARROW] = "granted, where a wider capability would do as well",
	[GRANTED_WIDE] = "granted, where a narrower one was denied that would have done",
	[GRANTED_UNNEEDED] = "granted, and not needed",
	[GRANTED_NOAUDIT] = "granted, asked without audit",
	[DENIED_FATAL] = "denied, and the call failed for it",
	[DENIED_REPLACED] = "denied, and a wider one was granted in its place",
	[DENIED_COVERED] = "denied, beside a narrower one that would have done",
	[DENIED_RETRIED] = "denied to an execve() that was followed by one that succeeded",
	[DENIED_SUCCEEDED] = "denied, and the call succeeded",
	[DENIED_DROPPED] = "denied, after the process had given it away",
	[DENIED_NOT_FATAL] = "denied, and the call did not fail for it",
	[DENIED_OTHER_ERROR] = "denied, and the call failed for another reason",
	[DENIED_NETLINK] = "denied, and the answer is in a netlink message",
	[DENIED_UNKNOWN] = "denied, and how the call ended is not known",
	[DENIED_NOAUDIT] = "denied, asked without audit",
};

static void begin(struct out *o, const char *what)
{
	out_repeat(o, ' ', INDENT);
	out_str(o, what);
}

static void counted(struct out *o, uint64_t n, const char *what)
{
	if (!n)
		return;
	out_char(o, ' ');
	out_u64(o, n);
	out_char(o, ' ');
	out_str(o, what);
}

static void checks(const struct tally *t, struct out *o)
{
	for (int outcome = 0; outcome < CHECK_OUTCOMES; outcome++)
		if (t->n[outcome]) {
			begin(o, "checks:");
			counted(o, t->n[outcome], outcomes[outcome]);
			out_char(o, '\n');
		}
}

static void calls(const struct tally *t, struct out *o)
{
	for (size_t i = 0; i < t->calls_len; i++) {
		const struct tally_call *c = &t->calls[i];

		begin(o, "system call: ");
		out_str(o, c->name ? c->name : "none, or not known");
		counted(o, c->granted, "granted");
		counted(o, c->denied, "denied");
		counted(o, c->refused, "failed for it");
		counted(o, c->unaudited, "without audit");
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
		out_str(o, " and more, ");
		out_u64(o, t->processes);
		out_str(o, " in all");
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

/* Each once, for all system calls that asked. */
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
