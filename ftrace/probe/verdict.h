/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cap_capable() answers, computed from what it looks at (security/commoncap.c): the
 * credentials' namespace, effective set and euid, and the target namespace's level, owner and
 * parent. One event at the entry so has the verdict, and no return has to be paired with it. Levels
 * are compared since 64db4c7f4c19 (4.15) only, which is faster and no different; where they are not
 * known, fewer verdicts can be told.
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
	bool has_levels;
	int32_t cred_level, ns_level;
	bool cred_is_init, ns_is_init; /* the initial namespace; not needed with levels */
	uint32_t euid, ns_owner;
};

/*
 * VERDICT_UNKNOWN where only what lies above the target's parent would tell: two levels or more
 * between the two namespaces, and not decided by the effective set; or where too little is known of
 * two namespaces that are not the same.
 */
enum verdict verdict_compute(const struct verdict_in *in);

#endif
