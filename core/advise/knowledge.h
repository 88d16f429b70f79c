/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the kernel's reasons for asking, as tables: a check alone doesn't tell whether
 * the operation needs the capability. Each row names the place in the kernel it comes from.
 */
#ifndef CAPTRACE_KNOWLEDGE_H
#define CAPTRACE_KNOWLEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* System calls are given by name; NULL: not known, and only rows for any call apply. */

/*
 * Whether the kernel, in one operation, asks for @narrow and for @wide and is content with either,
 * so that who has the one doesn't need the other there.
 */
bool knows_chain(int narrow, int wide);

/* Whether what @narrow was granted for in @syscall would have been granted for its wide one as well. */
bool knows_cover(int narrow, const char *syscall);

enum first {
	FIRST_NOT,  /* asked when nothing else would do: granted means that it was needed */
	FIRST_IDS,  /* asked first: needed if an id of the thread changes */
	FIRST_FREE, /* asked first: the call doesn't fail without it */
};

/* Whether the kernel asks for @cap in @syscall before it looks whether that is needed. */
enum first knows_first(int cap, const char *syscall);

/* Whether the kernel's answer to @syscall comes later, in a netlink message, and not as its result. */
bool knows_later(int cap, const char *syscall);

/* Whether a call that was denied @cap says so by errno @error, which is neither EPERM nor EACCES. */
bool knows_refusal(int cap, int error);

/* Whether an unaudited check of @cap in @syscall is one that the call fails without. */
bool knows_needed(int cap, const char *syscall);

/* Whether all checks of @cap in @syscall are unaudited, where the event can't tell. */
bool knows_unaudited(int cap, const char *syscall);

/* Why @cap is asked for in @syscall though nothing needs it; NULL: not known. */
const char *knows_reason(int cap, const char *syscall, bool audited);

/* What can take the place of @cap where @syscall asks for it; NULL: nothing known. */
const char *knows_alternative(int cap, const char *syscall);

#endif
