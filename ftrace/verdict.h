/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cap_capable() answers, computed from what it looks at (security/commoncap.c): the
 * credentials' namespace, effective set and euid, and the target namespace's level, owner and
 * parent. One event at the entry so has the verdict, and no return has to be paired with it. Levels
 * are compared since 64db4c7f4c19 (4.15) only, which is faster and no different.
 */
#ifndef CAPTRACE_VERDICT_H
#define CAPTRACE_VERDICT_H

#include <stdint.h>

enum verdict { VERDICT_ALLOW, VERDICT_DENY, VERDICT_UNKNOWN };

struct verdict_in {
	int32_t cap;
	uint64_t caps;                   /* cred->cap_effective */
	uint64_t cred_ns, ns, ns_parent; /* addresses */
	int32_t cred_level, ns_level;
	uint32_t euid, ns_owner;
};

/*
 * VERDICT_UNKNOWN where only what lies above the target's parent would tell: two levels or more
 * between the two namespaces, and not decided by the effective set.
 */
enum verdict verdict_compute(const struct verdict_in *in);

#endif
