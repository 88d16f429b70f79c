/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: rules about columns, all of which an event has to match. --uid, --cap and so on are
 * short for -F. There is one representation of rules, and what the kernel can decide is derived
 * from it (filter_pushdown()), so the kernel and user space give the same answers.
 */
#ifndef CAPTRACE_CORE_EVENT_FILTER_H
#define CAPTRACE_CORE_EVENT_FILTER_H

#include "core/event/event.h"

struct column;
struct err;
struct filter;

/* What a backend may decide in the kernel. User space decides all of it again. */
struct prefilter {
	uint64_t caps;     /* bit n: capability n passes; numbers past 63 always pass */
	uint8_t verdicts;  /* bit CAP_ALLOW, bit CAP_DENY */
	bool audited_only; /* drop and count events that are known to be unaudited */
	bool has_uid;      /* only the credentials' uid below passes */
	uint32_t uid;
};

struct filter *filter_new(void);
void filter_free(struct filter *f);

/*
 * Adds "column OP value" (OP: == != > >= < <= ~ !~). -EINVAL with @e, which says what is wrong and
 * how to write it.
 */
int filter_add(struct filter *f, const char *expr, struct err *e);

/* Adds "@column is one of the comma-separated @values", as --cap NAME,NAME does. */
int filter_add_any(struct filter *f, const char *column, const char *values, struct err *e);

/*
 * Adds a rule that @test decides. It looks at the fields @needs, and is passed a copy of @arg.
 * -ENOMEM.
 */
int filter_add_test(struct filter *f, uint64_t needs,
		    bool (*test)(const char *arg, const struct cap_event *ev), const char *arg);

/*
 * The filter in two stages. filter_match_given(): whether @ev passes the rules that look at fields
 * in @given only. filter_match_rest(): whether it passes the others.
 */
bool filter_match_given(const struct filter *f, uint64_t given, const struct cap_event *ev);
bool filter_match_rest(const struct filter *f, uint64_t given, const struct cap_event *ev);

/* Whether @ev passes all rules. An absent value matches only != and !~. */
bool filter_match(const struct filter *f, const struct cap_event *ev);

/*
 * For messages: what the first rule that @ev does not match is about, a column's name or the rule's
 * text. Only rules that look at fields in @given only are tried. NULL: all of them match.
 */
const char *filter_refusal(const struct filter *f, uint64_t given, const struct cap_event *ev);

/* The FIELD() bits that the rules look at. */
uint64_t filter_needs(const struct filter *f);

/*
 * The column of the first rule that needs a field outside @given; NULL if there is none, or only
 * rules without a column.
 */
const struct column *filter_unmet(const struct filter *f, uint64_t given);

/* Whether the rules that look at audit alone let an event with this value pass. */
bool filter_allows_audit(const struct filter *f, bool audit);

/* Derives what the kernel can decide. @audited_only is copied into @out. */
void filter_pushdown(const struct filter *f, bool audited_only, struct prefilter *out);

#endif
