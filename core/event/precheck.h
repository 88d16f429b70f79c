/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prechecks: checks that the kernel makes before it knows whether the capability is needed. A
 * granted precheck does not prove that the capability was needed. Advice judges checks by them, and
 * backends have to know for which calls the outcome matters.
 */
#ifndef CAPTRACE_CORE_EVENT_PRECHECK_H
#define CAPTRACE_CORE_EVENT_PRECHECK_H

#include <stdbool.h>

struct cap_outcome;

/* @syscall is a system call's name; NULL: unknown, and only rows for any call apply. */

enum precheck {
	PRECHECK_NONE,   /* asked only if needed: granted means that it was needed */
	PRECHECK_IDS,    /* asked first: needed if an id of the thread changes */
	PRECHECK_CALL,   /* asked first: precheck_call_need() says whether it was needed */
	PRECHECK_FREE,   /* asked first: the call doesn't fail without it */
	PRECHECK_TRIED,  /* the call fails without it, but programs try it and can do without */
	PRECHECK_SILENT, /* needed: without it the call succeeds, but does less than it should */
};

/* Which kind of precheck a check for @cap in @syscall is. */
enum precheck precheck_of(int cap, const char *syscall);

/* Whether only the outcome of @syscall shows if @cap, which was granted, was needed. */
bool precheck_needs_outcome(int cap, const char *syscall);

/* The same for any capability. */
bool precheck_call_needs_outcome(const char *syscall);

enum call_need {
	CALL_FAILS_WITHOUT, /* as far as is known */
	CALL_WORKS_WITHOUT,
	CALL_LOSES_WITHOUT, /* it succeeds, but does less than it should */
};

/*
 * How a call to @syscall that checked for @cap would fare without @cap. @o: the outcome of the
 * call; NULL: unknown.
 */
enum call_need precheck_call_need(int cap, const char *syscall, const struct cap_outcome *o);

/* What calls lose without @cap where they do not fail (PRECHECK_SILENT); NULL: nothing. */
const char *precheck_loss(int cap);

#endif
