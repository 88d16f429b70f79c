/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Computes the result of cap_capable() from its inputs (security/commoncap.c): the credentials'
 * namespace, effective set and euid, and the target namespace's level, owner and parent. So a
 * single event at the entry has the verdict, and does not need to be paired with a return. The
 * kernel compares levels only since 64db4c7f4c19 (4.15), which is faster and has the same result.
 * If levels are unknown, fewer verdicts can be computed.
 */
#ifndef CAPTRACE_FTRACE_PROBE_VERDICT_H
#define CAPTRACE_FTRACE_PROBE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum verdict { VERDICT_ALLOW, VERDICT_DENY, VERDICT_UNKNOWN };

struct verdict_in {
	int32_t cap;
	uint64_t caps;                   /* cred->cap_effective */
	uint64_t cred_ns, ns, ns_parent; /* addresses */
	bool has_parent;                 /* ns_parent, ns_owner and euid are known */
	bool has_levels;                 /* cred_level and ns_level are known */
	int32_t cred_level, ns_level;
	bool cred_is_init, ns_is_init; /* is the initial namespace; not needed with levels */
	uint32_t euid, ns_owner;
};

/*
 * VERDICT_UNKNOWN if the verdict depends on ancestors above the target's parent: the namespaces are
 * two or more levels apart, and the effective set does not decide. Also if the namespaces differ
 * and too little is known about them.
 */
enum verdict verdict_compute(const struct verdict_in *in);

#endif
