/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prechecks: checks that the kernel makes before it knows whether the capability is needed, so that
 * one that was granted does not mean that it was. Advice judges checks by them, and a backend has
 * to know of which calls the end matters.
 */
#ifndef CAPTRACE_CORE_EVENT_PRECHECK_H
#define CAPTRACE_CORE_EVENT_PRECHECK_H

#include <stdbool.h>

struct cap_outcome;

/* System calls are given by name; NULL: not known, and only rows for any call apply. */

enum precheck {
	PRECHECK_NONE,   /* asked when nothing else would do: granted means that it was needed */
	PRECHECK_IDS,    /* asked first: needed if an id of the thread changes */
	PRECHECK_CALL,   /* asked first: precheck_call_need() tells whether it was needed */
	PRECHECK_FREE,   /* asked first: the call doesn't fail without it */
	PRECHECK_TRIED,  /* the call fails without it, and is there to be tried and done without */
	PRECHECK_SILENT, /* needed: without it the call succeeds, but does less than told */
};

/* Whether the kernel asks for @cap in @syscall before it looks whether that is needed. */
enum precheck precheck_of(int cap, const char *syscall);

/* Whether, where @cap was granted in @syscall, only the end of the call tells if it was needed. */
bool precheck_needs_outcome(int cap, const char *syscall);

/* The same of any capability. */
bool precheck_call_needs_outcome(const char *syscall);

enum call_need {
	CALL_FAILS_WITHOUT, /* as far as is known */
	CALL_WORKS_WITHOUT,
	CALL_LOSES_WITHOUT, /* it succeeds, but does less than it was told to */
};

/* How the call of @syscall that asked for @cap does without it. @o: its end; NULL: not known. */
enum call_need precheck_call_need(int cap, const char *syscall, const struct cap_outcome *o);

/* What calls lose without @cap, where they don't fail (PRECHECK_SILENT); NULL: nothing. */
const char *precheck_loss(int cap);

#endif
