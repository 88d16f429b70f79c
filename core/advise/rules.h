/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of advice: what is known of the kernel's reasons for asking, as tables, since a check
 * alone doesn't tell whether the operation needs the capability. Each row names the place in the
 * kernel it comes from. core/event/precheck has the checks that are made before that is known.
 */
#ifndef CAPTRACE_CORE_ADVISE_RULES_H
#define CAPTRACE_CORE_ADVISE_RULES_H

#include <stdbool.h>

/* System calls are given by name; NULL: not known, and only rows for any call apply. */

/*
 * Whether the kernel, in one operation, asks for @narrow and for @wide and is content with either,
 * so that who has the one doesn't need the other there.
 */
bool rule_chain(int narrow, int wide);

/* Whether a wide capability would have done for what @narrow was granted for in @syscall. */
bool rule_cover(int narrow, const char *syscall);

/* Whether the kernel answers @syscall by a netlink message later, and not by its result. */
bool rule_netlink(int cap, const char *syscall);

/* Whether a call that was denied @cap may say so by @error: an errno but EPERM and EACCES. */
bool rule_refusal(int cap, int error);

/* Whether an unaudited check of @cap in @syscall is one that the call fails without. */
bool rule_needed(int cap, const char *syscall);

/*
 * Whether @syscall overrides the task's credentials with its own: access() with a copy of them, and
 * io_uring with what the task registered.
 */
bool rule_override_is_own(const char *syscall);

/* Whether all checks of @cap in @syscall are unaudited, where the event can't tell. */
bool rule_unaudited(int cap, const char *syscall);

/* Why @cap is asked for in @syscall though nothing needs it; NULL: not known. */
const char *rule_reason(int cap, const char *syscall, bool audited);

/* What can take the place of @cap where @syscall asks for it; NULL: nothing known. */
const char *rule_alternative(int cap, const char *syscall);

#endif
