// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/verdict.h"

enum verdict verdict_compute(const struct verdict_in *in)
{
	enum verdict raised;

	if (in->cap < 0 || in->cap > 63)
		return VERDICT_UNKNOWN;
	raised = in->caps >> in->cap & 1 ? VERDICT_ALLOW : VERDICT_DENY;
	if (in->ns == in->cred_ns)
		return raised;
	if (in->ns_level <= in->cred_level)
		return VERDICT_DENY;
	if (in->ns_level == in->cred_level + 1) {
		if (in->ns_parent != in->cred_ns)
			return VERDICT_DENY;
		return in->ns_owner == in->euid ? VERDICT_ALLOW : raised;
	}
	/* The initial namespace is an ancestor of every other: then the set is enough. */
	if (in->cred_level == 0 && raised == VERDICT_ALLOW)
		return VERDICT_ALLOW;
	return VERDICT_UNKNOWN;
}
