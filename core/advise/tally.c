// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/event/event.h"

struct tally *tally_new(int cap)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t)
		t->cap = cap;
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->stacks_len; i++) {
		for (size_t j = 0; j < t->stacks[i].len; j++)
			free(t->stacks[i].frames[j]);
		free(t->stacks[i].frames);
	}
	free(t);
}

/* Backends and syscall_name() keep each name once, so comparing pointers usually suffices. */
static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The last row of a full table counts all further system calls. */
static unsigned int find_call(struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->calls_len; i++)
		if (same_name(t->calls[i].name, name))
			return (unsigned int)i;
	if (t->calls_len == TALLY_CALLS_MAX)
		return TALLY_CALLS_MAX - 1;
	t->calls[t->calls_len].name = t->calls_len == TALLY_CALLS_MAX - 1 ? "…" : name;
	return (unsigned int)t->calls_len++;
}

/* Outcomes that show that the call could do without; rule_reason() may say why it was checked. */
static bool is_unneeded(enum check_outcome outcome)
{
	return outcome == GRANTED_UNNEEDED || outcome == GRANTED_NOAUDIT ||
	       outcome == DENIED_SUCCEEDED || outcome == DENIED_NOT_FATAL ||
	       outcome == DENIED_NOAUDIT;
}

static void count(struct tally *t, unsigned int call, enum check_outcome outcome, uint64_t by)
{
	t->n[outcome] += by;
	if (is_unneeded(outcome))
		t->calls[call].unneeded += by;
	if (outcome == DENIED_FATAL)
		t->calls[call].refused += by;
}

void tally_add_more(struct tally *t, const struct cap_event *ev, unsigned int call,
		    enum check_outcome outcome, uint64_t more)
{
	struct tally_call *c = &t->calls[call];

	count(t, call, outcome, more);
	if (outcome < FIRST_DENIED)
		c->granted += more;
	else
		c->denied += more;
	if (!event_has(ev, FIELD(AUDIT))) {
		t->audit_unknown += more;
	} else if (!ev->audit) {
		t->unaudited += more;
		c->unaudited += more;
	}
}

unsigned int tally_add(struct tally *t, const struct cap_event *ev, enum check_outcome outcome)
{
	unsigned int call = find_call(t, event_syscall(ev));

	tally_add_more(t, ev, call, outcome, 1);
	if (event_has(ev, FIELD(TIMESTAMP))) {
		t->first = t->first ? MIN(t->first, ev->timestamp) : ev->timestamp;
		t->last = MAX(t->last, ev->timestamp);
	}
	if (!t->userns && event_has(ev, FIELD(TARGET_USERNS)))
		t->userns = ev->target_userns;
	return call;
}

void tally_move(struct tally *t, unsigned int call, enum check_outcome from, enum check_outcome to)
{
	count(t, call, from, (uint64_t)-1);
	count(t, call, to, 1);
}

void tally_add_process(struct tally *t, const struct cap_event *ev)
{
	struct tally_process *p;

	t->processes++;
	if (t->procs_len == TALLY_PROCS_MAX)
		return;
	p = &t->procs[t->procs_len++];
	p->pid = ev->pid;
	p->origin = ev->origin;
	if (event_has(ev, FIELD(COMM)))
		memcpy(p->comm, ev->comm, sizeof(p->comm));
}

static char *frame_text(const struct cap_frame *f)
{
	char *text;
	int n = f->symbol ? asprintf(&text, "%s+0x%" PRIx64, f->symbol, f->offset)
			  : asprintf(&text, "0x%" PRIx64, f->addr);

	return n < 0 ? NULL : text;
}

void tally_add_stack(struct tally *t, const struct cap_event *ev)
{
	const char *syscall = event_syscall(ev);
	bool denied = ev->verdict == CAP_DENY;
	struct tally_stack *s;

	if (!event_has(ev, FIELD(KSTACK)) || t->stacks_len == TALLY_STACKS_MAX)
		return;
	for (size_t i = 0; i < t->stacks_len; i++)
		if (t->stacks[i].denied == denied && same_name(t->stacks[i].syscall, syscall))
			return;
	s = &t->stacks[t->stacks_len];
	s->frames = calloc(ev->kstack_len + 1, sizeof(*s->frames));
	if (!s->frames)
		return;
	s->syscall = syscall;
	s->denied = denied;
	t->stacks_len++;
	while (s->len < ev->kstack_len) {
		s->frames[s->len] = frame_text(&ev->kstack[s->len]);
		if (!s->frames[s->len])
			return;
		s->len++;
	}
}

static uint64_t sum(const struct tally *t, int from, int to)
{
	uint64_t n = 0;

	for (int outcome = from; outcome < to; outcome++)
		n += t->n[outcome];
	return n;
}

uint64_t tally_granted(const struct tally *t)
{
	return sum(t, 0, FIRST_DENIED);
}

uint64_t tally_denied(const struct tally *t)
{
	return sum(t, FIRST_DENIED, CHECK_OUTCOMES);
}
