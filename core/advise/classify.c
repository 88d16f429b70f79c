// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives each capability of a subject its class, from the counts of its tally. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/advice.h"
#include "core/advise/rules.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/precheck.h"

#define BIT(cap) (UINT64_C(1) << (cap))

const char *advice_class_name(enum advice_class class)
{
	static const char *const names[ADVICE_CLASSES] = {
		[ADVICE_REQUIRED] = "required", [ADVICE_MISSING] = "missing",
		[ADVICE_UNKNOWN] = "unknown",   [ADVICE_OPTIONAL] = "optional",
		[ADVICE_UNUSED] = "unused",
	};

	return (unsigned int)class < ADVICE_CLASSES ? names[class] : NULL;
}

static uint64_t count(const struct tally *t, enum check_outcome outcome)
{
	return t ? t->n[outcome] : 0;
}

/* The class by the tally alone, before related capabilities are considered. */
static enum advice_class class_of(const struct tally *t)
{
	if (count(t, GRANTED_NEEDED) || count(t, GRANTED_NARROW))
		return ADVICE_REQUIRED;
	if (count(t, DENIED_FATAL))
		return ADVICE_MISSING;
	if (count(t, DENIED_UNKNOWN) || count(t, DENIED_NETLINK))
		return ADVICE_UNKNOWN;
	return ADVICE_OPTIONAL;
}

static bool is_needed(enum advice_class class)
{
	return class == ADVICE_REQUIRED || class == ADVICE_MISSING;
}

static void set_reason(struct advice_row *row, const char *before, int cap, const char *after)
{
	char name[CAPNAME_MAX];

	snprintf(row->reason, sizeof(row->reason), "%s%s%s", before,
		 capname_of(cap, name, sizeof(name)), after);
}

/*
 * For two capabilities of which the kernel accepts either: if the wider one is needed anyway, the
 * narrower one is not; if the wider one was only used in its place, the narrower one is enough.
 */
static void settle_pair(struct advice_row *narrow, struct advice_row *wide)
{
	const struct tally *n = narrow->tally, *w = wide->tally;

	if (is_needed(wide->class)) {
		/* Still needed if some operation accepts the narrower one alone. */
		if (count(n, GRANTED_NEEDED) || count(n, DENIED_FATAL) > count(w, DENIED_COVERED))
			return;
		narrow->class = ADVICE_OPTIONAL;
		set_reason(narrow, "", wide->cap, ", which is needed anyway, covers it");
		return;
	}
	if (!count(w, GRANTED_WIDE) || !count(n, DENIED_REPLACED))
		return;
	if (!is_needed(narrow->class)) {
		narrow->class = ADVICE_REQUIRED;
		set_reason(narrow, "", wide->cap,
			   " was used in its place, but this narrower one is enough");
	}
	set_reason(wide, "used in place of ", narrow->cap, ", which would have been enough");
}

static void settle_pairs(struct advice_subject *a)
{
	for (size_t i = 0; i < a->rows_len; i++)
		for (size_t j = 0; j < a->rows_len; j++)
			if (rule_chain(a->rows[i].cap, a->rows[j].cap))
				settle_pair(&a->rows[i], &a->rows[j]);
}

/* The known reason of the system call that made most of the unneeded checks. */
static const char *known_reason(const struct tally *t)
{
	const char *best = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < t->calls_len; i++) {
		const struct tally_call *c = &t->calls[i];
		const char *reason = rule_reason(t->cap, c->name, !c->unaudited);

		if (reason && c->unneeded > most) {
			best = reason;
			most = c->unneeded;
		}
	}
	return best;
}

static const struct {
	enum check_outcome outcome;
	const char *text;
} plain_reasons[] = {
	{DENIED_RETRIED, "an execve() was denied and the next one succeeded: a search in PATH"},
	{DENIED_COVERED, "a narrower capability would have been enough"},
	{DENIED_SUCCEEDED, "denied, but the system calls succeeded"},
	{DENIED_DROPPED,
	 "denied after the process had dropped it: granting it would change nothing"},
	{DENIED_NOT_FATAL, "denied, but the system calls did not fail because of it"},
	{DENIED_OTHER_ERROR, "denied, but the system calls failed for another reason"},
	{GRANTED_UNNEEDED,
	 "the kernel checked before it knew whether the capability was needed; it was not"},
	{GRANTED_NOAUDIT, "checked without audit: the kernel only chose between two ways"},
	{DENIED_NOAUDIT, "checked without audit: the kernel only chose between two ways"},
};

/* Whether one system call was denied both capabilities and accepts either. */
static bool both_denied(const struct tally *narrow, const struct tally *wide)
{
	for (size_t i = 0; i < narrow->calls_len; i++)
		for (size_t j = 0; j < wide->calls_len; j++)
			if (narrow->calls[i].denied && wide->calls[j].denied &&
			    narrow->calls[i].name && wide->calls[j].name &&
			    !strcmp(narrow->calls[i].name, wide->calls[j].name) &&
			    rule_cover(narrow->cap, narrow->calls[i].name))
				return true;
	return false;
}

/* Names the narrower capability that would have been enough, if there is only one. */
static void explain_covered(const struct advice_subject *a, struct advice_row *row)
{
	int narrow = -1, found = 0;

	for (size_t i = 0; i < a->rows_len; i++)
		if (rule_chain(a->rows[i].cap, row->cap) &&
		    both_denied(a->rows[i].tally, row->tally)) {
			narrow = a->rows[i].cap;
			found++;
		}
	if (found == 1)
		set_reason(row, "", narrow, " would have been enough");
}

static void explain_optional(const struct advice_subject *a, struct advice_row *row)
{
	const char *known = known_reason(row->tally);
	enum check_outcome outcome = CHECK_OUTCOMES;
	uint64_t most = 0;

	if (row->reason[0])
		return;
	for (size_t i = 0; i < ARRAY_SIZE(plain_reasons); i++)
		if (count(row->tally, plain_reasons[i].outcome) > most) {
			most = count(row->tally, plain_reasons[i].outcome);
			outcome = plain_reasons[i].outcome;
			snprintf(row->reason, sizeof(row->reason), "%s", plain_reasons[i].text);
		}
	if (known && outcome != DENIED_RETRIED && outcome != DENIED_COVERED &&
	    outcome != DENIED_DROPPED)
		snprintf(row->reason, sizeof(row->reason), "%s", known);
	else if (outcome == DENIED_COVERED)
		explain_covered(a, row);
}

static void explain_unknown(struct advice_row *row)
{
	const char *known = known_reason(row->tally);

	if (!count(row->tally, DENIED_UNKNOWN))
		snprintf(row->reason, sizeof(row->reason),
			 "denied; whether that was an error is in the netlink reply, not in the "
			 "result of the system call");
	else
		snprintf(row->reason, sizeof(row->reason),
			 "denied; how the system calls ended is not known");
	if (known)
		snprintf(row->reason + strlen(row->reason),
			 sizeof(row->reason) - strlen(row->reason), "; possible reason: %s", known);
}

static void explain(const struct advice_subject *a, struct advice_row *row)
{
	if (row->class == ADVICE_OPTIONAL)
		explain_optional(a, row);
	else if (row->class == ADVICE_UNKNOWN)
		explain_unknown(row);
	else if (is_needed(row->class) && precheck_loss(row->cap))
		snprintf(row->reason, sizeof(row->reason), "%s", precheck_loss(row->cap));
	else if (row->class == ADVICE_REQUIRED && count(row->tally, DENIED_FATAL) &&
		 !row->reason[0])
		snprintf(row->reason, sizeof(row->reason),
			 "also denied to %" PRIu64 " system calls, which failed because of it",
			 count(row->tally, DENIED_FATAL));
}

static int by_class(const void *a, const void *b)
{
	const struct advice_row *x = a, *y = b;

	return x->class != y->class ? (int)x->class - (int)y->class : x->cap - y->cap;
}

void advice_classify(struct advice_subject *a, const struct subject *sub)
{
	*a = (struct advice_subject){.subject = sub};
	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		const struct tally *t = sub->tallies[SCOPE_HOME][cap];

		if (t)
			a->rows[a->rows_len++] =
				(struct advice_row){.cap = cap, .class = class_of(t), .tally = t};
	}
	settle_pairs(a);
	for (size_t i = 0; i < a->rows_len; i++) {
		struct advice_row *row = &a->rows[i];

		explain(a, row);
		row->startup =
			row->class == ADVICE_REQUIRED && sub->dropped & ~sub->kept & BIT(row->cap);
		a->startup |= row->startup ? BIT(row->cap) : 0;
		a->sets[row->class] |= BIT(row->cap);
	}
	a->needed = a->sets[ADVICE_REQUIRED] | a->sets[ADVICE_MISSING];
	qsort(a->rows, a->rows_len, sizeof(a->rows[0]), by_class);
}

void advice_compare(struct advice_subject *a, const struct granted *granted)
{
	uint64_t asked = 0;

	a->granted = *granted;
	for (size_t i = 0; i < a->rows_len; i++)
		asked |= BIT(a->rows[i].cap);
	if (!granted->known)
		return;
	a->sets[ADVICE_UNUSED] = granted->caps & ~asked;
	a->drop = granted->caps & ~a->needed;
	a->add = a->needed & ~granted->caps;
	for (int cap = 0; cap < SUBJECT_CAPS; cap++)
		if (a->sets[ADVICE_UNUSED] >> cap & 1)
			a->rows[a->rows_len++] =
				(struct advice_row){.cap = cap, .class = ADVICE_UNUSED};
}
