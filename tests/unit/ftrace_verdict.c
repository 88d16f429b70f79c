// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>

#include "ftrace/probe/verdict.h"

#define INIT   0xffff888000001000
#define CHILD  0xffff888000002000
#define OTHER  0xffff888000003000
#define NESTED 0xffff888000004000

#define OWNER 1000
#define CAP   21

/* A check of credentials in @cred_ns (level @cred_level) against @ns, whose parent is @parent. */
static struct verdict_in check(uint64_t cred_ns, int cred_level, uint64_t ns, int ns_level,
			       uint64_t parent)
{
	return (struct verdict_in){
		.cap = CAP,
		.has_parent = true,
		.has_levels = true,
		.cred_ns = cred_ns,
		.cred_level = cred_level,
		.ns = ns,
		.ns_level = ns_level,
		.ns_parent = parent,
		.ns_owner = OWNER,
	};
}

static enum verdict with(struct verdict_in in, uint64_t caps, uint32_t euid)
{
	in.caps = caps;
	in.euid = euid;
	return verdict_compute(&in);
}

#define ALL  UINT64_MAX
#define LACK (~(UINT64_C(1) << CAP))

Test(ftrace_verdict, own_namespace_goes_by_the_set)
{
	struct verdict_in in = check(INIT, 0, INIT, 0, 0);

	cr_assert_eq(with(in, ALL, 0), VERDICT_ALLOW);
	cr_assert_eq(with(in, LACK, 0), VERDICT_DENY);
	/* Being the owner only counts in the parent namespace. */
	in = check(CHILD, 1, CHILD, 1, INIT);
	cr_assert_eq(with(in, LACK, OWNER), VERDICT_DENY);
}

Test(ftrace_verdict, nothing_counts_in_a_parent_or_beside)
{
	cr_assert_eq(with(check(CHILD, 1, INIT, 0, 0), ALL, OWNER), VERDICT_DENY);
	cr_assert_eq(with(check(CHILD, 1, OTHER, 1, INIT), ALL, OWNER), VERDICT_DENY);
	/* A child of another namespace. */
	cr_assert_eq(with(check(CHILD, 1, NESTED, 2, OTHER), ALL, OWNER), VERDICT_DENY);
}

Test(ftrace_verdict, a_childs_owner_has_all)
{
	struct verdict_in in = check(INIT, 0, CHILD, 1, INIT);

	cr_assert_eq(with(in, 0, OWNER), VERDICT_ALLOW);
	cr_assert_eq(with(in, 0, OWNER + 1), VERDICT_DENY);
	cr_assert_eq(with(in, ALL, OWNER + 1), VERDICT_ALLOW, "the set reaches into children");
}

Test(ftrace_verdict, two_levels_down)
{
	/* The initial namespace is an ancestor of all: a raised bit in the set decides. */
	cr_assert_eq(with(check(INIT, 0, NESTED, 2, CHILD), ALL, 5), VERDICT_ALLOW);
	/* The euid may be the owner of a namespace in between. */
	cr_assert_eq(with(check(INIT, 0, NESTED, 2, CHILD), LACK, OWNER), VERDICT_UNKNOWN);
	cr_assert_eq(with(check(CHILD, 1, NESTED, 3, OTHER), ALL, OWNER), VERDICT_UNKNOWN);
}

/* 3.10 has no levels. Without user namespaces discovery cannot find the parent and the owner. */
static struct verdict_in without_levels(uint64_t cred_ns, uint64_t ns, uint64_t parent)
{
	struct verdict_in in = check(cred_ns, 0, ns, 0, parent);

	in.has_levels = false;
	in.cred_is_init = cred_ns == INIT;
	in.ns_is_init = ns == INIT;
	return in;
}

Test(ftrace_verdict, without_levels)
{
	struct verdict_in in = without_levels(INIT, INIT, 0);

	cr_assert_eq(with(in, ALL, 0), VERDICT_ALLOW);
	cr_assert_eq(with(in, LACK, 0), VERDICT_DENY);
	cr_assert_eq(with(without_levels(CHILD, INIT, 0), ALL, OWNER), VERDICT_DENY);
	in = without_levels(INIT, CHILD, INIT);
	cr_assert_eq(with(in, 0, OWNER), VERDICT_ALLOW);
	cr_assert_eq(with(in, 0, OWNER + 1), VERDICT_DENY);
	cr_assert_eq(with(in, ALL, OWNER + 1), VERDICT_ALLOW);
	in = without_levels(INIT, NESTED, CHILD);
	cr_assert_eq(with(in, ALL, 5), VERDICT_ALLOW);
	cr_assert_eq(with(in, LACK, OWNER), VERDICT_UNKNOWN);
	/* A sibling or a descendant: only levels or more ancestors could tell which. */
	cr_assert_eq(with(without_levels(CHILD, OTHER, INIT), ALL, OWNER), VERDICT_UNKNOWN);
}

Test(ftrace_verdict, without_the_parent)
{
	struct verdict_in in = without_levels(INIT, CHILD, 0);

	in.has_parent = false;
	cr_assert_eq(with(in, ALL, 5), VERDICT_ALLOW);
	cr_assert_eq(with(in, LACK, OWNER), VERDICT_UNKNOWN);
	in = without_levels(CHILD, INIT, 0);
	in.has_parent = false;
	cr_assert_eq(with(in, ALL, OWNER), VERDICT_DENY);
	in = without_levels(CHILD, CHILD, 0);
	in.has_parent = false;
	cr_assert_eq(with(in, LACK, OWNER), VERDICT_DENY);
	in.caps = ALL;
	cr_assert_eq(verdict_compute(&in), VERDICT_ALLOW);
	/* Levels alone do not tell whether the target is a child. */
	in = check(INIT, 0, CHILD, 1, 0);
	in.has_parent = false;
	in.cred_is_init = true;
	cr_assert_eq(with(in, LACK, 5), VERDICT_UNKNOWN);
}

Test(ftrace_verdict, numbers_that_are_no_capability)
{
	struct verdict_in in = check(INIT, 0, INIT, 0, 0);

	in.cap = 64;
	cr_assert_eq(with(in, ALL, 0), VERDICT_UNKNOWN);
	in.cap = -1;
	cr_assert_eq(with(in, ALL, 0), VERDICT_UNKNOWN);
	in.cap = 63;
	cr_assert_eq(with(in, ALL, 0), VERDICT_ALLOW);
	in.cap = 0;
	cr_assert_eq(with(in, ALL & ~UINT64_C(1), 0), VERDICT_DENY);
}
