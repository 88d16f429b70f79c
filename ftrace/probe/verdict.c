// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/verdict.h"

/* The target is a child of the credentials' namespace. */
static enum verdict of_child(const struct verdict_in *in, enum verdict raised)
{
	return in->ns_owner == in->euid ? VERDICT_ALLOW : raised;
}

static enum verdict by_levels(const struct verdict_in *in, enum verdict raised)
{
	if (in->ns_level <= in->cred_level)
		return VERDICT_DENY;
	if (in->ns_level == in->cred_level + 1)
		return in->ns_parent == in->cred_ns ? of_child(in, raised) : VERDICT_DENY;
	/* The initial namespace is an ancestor of all others: a raised bit in the set is enough. */
	return in->cred_level == 0 && raised == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_UNKNOWN;
}

static enum verdict without_levels(const struct verdict_in *in, enum verdict raised)
{
	/* The initial namespace is not a descendant of any other. */
	if (in->ns_is_init)
		return VERDICT_DENY;
	if (in->has_parent && in->ns_parent == in->cred_ns)
		return of_child(in, raised);
	return in->cred_is_init && raised == VERDICT_ALLOW ? VERDICT_ALLOW : VERDICT_UNKNOWN;
}

enum verdict verdict_compute(const struct verdict_in *in)
{
	enum verdict raised;

	if (in->cap < 0 || in->cap > 63)
		return VERDICT_UNKNOWN;
	raised = in->caps >> in->cap & 1 ? VERDICT_ALLOW : VERDICT_DENY;
	if (in->ns == in->cred_ns)
		return raised;
	return in->has_levels && in->has_parent ? by_levels(in, raised)
						: without_levels(in, raised);
}
