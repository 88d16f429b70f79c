/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of why the kernel checks a capability and whether the operation needs it, which a check
 * alone does not show. A comment above each row names the kernel function it comes from.
 * core/event/precheck has the checks that the kernel makes before it knows whether it needs them.
 */
#ifndef CAPTRACE_CORE_ADVISE_RULES_H
#define CAPTRACE_CORE_ADVISE_RULES_H

#include <stdbool.h>

/* @syscall is a name; NULL: not known, and only rows for any system call apply. */

/* Whether some kernel operation checks both @narrow and @wide and accepts either. */
bool rule_chain(int narrow, int wide);

/* Whether @syscall, which was granted @narrow, would also have accepted a wider capability. */
bool rule_cover(int narrow, const char *syscall);

/* Whether the kernel reports the result in a netlink message and not as @syscall's result. */
bool rule_netlink(int cap, const char *syscall);

/* Whether a system call that is denied @cap may fail with @error, other than EPERM and EACCES. */
bool rule_refusal(int cap, int error);

/* Whether @syscall fails without @cap although it checks it without audit. */
bool rule_needed(int cap, const char *syscall);

/*
 * Whether the credentials that @syscall overrides the task's with are still the task's own: access()
 * uses a copy of them, io_uring those that the task registered.
 */
bool rule_override_is_own(const char *syscall);

/* Whether @syscall checks @cap only without audit; for events that lack the audit flag. */
bool rule_unaudited(int cap, const char *syscall);

/* Why @syscall checks @cap though it does not need it; NULL: not known. */
const char *rule_reason(int cap, const char *syscall, bool audited);

/* What could replace @cap where @syscall checks it; NULL: nothing known. */
const char *rule_alternative(int cap, const char *syscall);

#endif
