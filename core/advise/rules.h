/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the kernel's reasons for asking, as tables: a check alone doesn't tell whether
 * the operation needs the capability. Each row names the place in the kernel it comes from.
 */
#ifndef CAPTRACE_CORE_ADVISE_RULES_H
#define CAPTRACE_CORE_ADVISE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cap_outcome;

/* System calls are given by name; NULL: not known, and only rows for any call apply. */

/*
 * Whether the kernel, in one operation, asks for @narrow and for @wide and is content with either,
 * so that who has the one doesn't need the other there.
 */
bool rule_chain(int narrow, int wide);

/* Whether what @narrow was granted for in @syscall would have been granted for its wide one as well. */
bool rule_cover(int narrow, const char *syscall);

enum first {
	PRECHECK_NONE,  /* asked when nothing else would do: granted means that it was needed */
	PRECHECK_IDS,   /* asked first: needed if an id of the thread changes */
	PRECHECK_CALL,  /* asked first: rule_call() tells whether it was needed */
	PRECHECK_FREE,  /* asked first: the call doesn't fail without it */
	PRECHECK_TRIED, /* the call fails without it, and is there to be tried and done without */
	PRECHECK_SILENT, /* needed: without it the call succeeds, but does less than it was told to */
};

/* Whether the kernel asks for @cap in @syscall before it looks whether that is needed. */
enum first rule_precheck(int cap, const char *syscall);

/* Whether, where @cap was granted in @syscall, only the end of the call tells if it was needed. */
bool knows_awaited(int cap, const char *syscall);

/* The same of any capability. */
bool knows_awaited_call(const char *syscall);

enum call_need {
	CALL_NEEDS,  /* as far as is known */
	CALL_SPARES, /* it could have done without */
	CALL_LOSES,  /* it succeeds without, but does less than it was told to */
};

/* What @o tells of the call of @syscall in which @cap was asked; NULL: it is not known yet. */
enum call_need rule_call(int cap, const char *syscall, const struct cap_outcome *o);

/* Whether the kernel's answer to @syscall comes later, in a netlink message, and not as its result. */
bool rule_later(int cap, const char *syscall);

/* Whether a call that was denied @cap says so by errno @error, which is neither EPERM nor EACCES. */
bool rule_refusal(int cap, int error);

/* Whether an unaudited check of @cap in @syscall is one that the call fails without. */
bool rule_needed(int cap, const char *syscall);

/* Whether all checks of @cap in @syscall are unaudited, where the event can't tell. */
bool rule_unaudited(int cap, const char *syscall);

/* Why @cap is asked for in @syscall though nothing needs it; NULL: not known. */
const char *rule_reason(int cap, const char *syscall, bool audited);

/* What can take the place of @cap where @syscall asks for it; NULL: nothing known. */
const char *rule_alternative(int cap, const char *syscall);

#endif
