/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: rules over columns, all of which an event has to match. --uid, --cap and so on are short
 * for -F; one representation serves all, and what the kernel can decide is derived from it
 * (filter_pushdown()), so that both answers are the same.
 */
#ifndef CAPTRACE_CORE_EVENT_FILTER_H
#define CAPTRACE_CORE_EVENT_FILTER_H

#include "core/event/event.h"

struct column;
struct err;
struct filter;

/* What a backend may decide in the kernel. Everything here is also decided in user space. */
struct prefilter {
	uint64_t caps;     /* bit n: capability n passes; numbers past 63 always pass */
	uint8_t verdicts;  /* bit CAP_ALLOW, bit CAP_DENY */
	bool audited_only; /* drop and count what is known to be unaudited */
	bool has_uid;      /* only the credentials' uid below passes */
	uint32_t uid;
};

struct filter *filter_new(void);
void filter_free(struct filter *f);

/*
 * Adds "column OP value" (OP: == != > >= < <= ~ !~). -EINVAL with @e saying what is wrong and what
 * would be right.
 */
int filter_add(struct filter *f, const char *expr, struct err *e);

/* Adds "@column is one of the comma-separated @values", as --cap NAME,NAME does. */
int filter_add_any(struct filter *f, const char *column, const char *values, struct err *e);

/*
 * Adds a rule that @test decides, which looks at the fields @needs and gets a copy of the text @arg.
 */
int filter_add_test(struct filter *f, uint64_t needs,
		    bool (*test)(const char *arg, const struct cap_event *ev), const char *arg);

/*
 * The filter in two stages: whether @ev passes the rules that look at nothing but fields in @given,
 * and those that look at others.
 */
bool filter_match_given(const struct filter *f, uint64_t given, const struct cap_event *ev);
bool filter_match_rest(const struct filter *f, uint64_t given, const struct cap_event *ev);

/* Whether @ev passes. An absent value matches != and !~ alone. */
bool filter_match(const struct filter *f, const struct cap_event *ev);

/*
 * For messages: what the first rule that @ev does not match is about, of those that look at nothing but
 * fields in @given: a column's name or the rule's text. NULL: all match.
 */
const char *filter_refusal(const struct filter *f, uint64_t given, const struct cap_event *ev);

/* The FIELD() bits that the rules look at. */
uint64_t filter_needs(const struct filter *f);

/* The column whose rule needs a field outside @given; NULL if there is none, or it has no column. */
const struct column *filter_unmet(const struct filter *f, uint64_t given);

/* Whether the rules on audit let an event pass that is audited, or not. */
bool filter_allows_audit(const struct filter *f, bool audit);

/* The part that a kernel can decide; @audited_only is the session's. */
void filter_pushdown(const struct filter *f, bool audited_only, struct prefilter *out);

#endif
