// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of hooks and the names of their values: mistakes that a new row can have. */
#include <criterion/criterion.h>
#include <string.h>

#include "ftrace/probe/hook.h"
#include "ftrace/probe/hook_table.h"

/* Functions have probes; tracepoints are used as they are or have event probes. */
Test(ftrace_hooks, places)
{
	for (int h = 0; h < HOOKS_COUNT; h++) {
		enum hook hook = (enum hook)h;
		const char *symbol = hook_symbol(hook);
		bool tracepoint;

		cr_assert_not_null(symbol, "hook %d has no row", h);
		tracepoint = strchr(symbol, '/');
		cr_expect_eq(tracepoint, !hook_event(hook) || hook_is_eprobe(hook), "%s", symbol);
		cr_expect(hook_event(hook) || !hook_is_per_cpu(hook), "%s", symbol);
	}
}

/* Two probes on one CPU must not have the same name. */
Test(ftrace_hooks, names_of_probes)
{
	for (int a = 0; a < HOOKS_COUNT; a++)
		for (int b = 0; b < a; b++)
			if (hook_event((enum hook)a) && hook_event((enum hook)b))
				cr_expect_str_neq(hook_event((enum hook)a),
						  hook_event((enum hook)b));
}

Test(ftrace_hooks, callers)
{
	unsigned int seen = 0;

	for (int h = 0; h < HOOKS_COUNT; h++) {
		unsigned int caller = hook_caller((enum hook)h);
		int cap = hook_caller_cap((enum hook)h);

		cr_expect_eq(!caller, cap < 0);
		cr_expect_eq(caller & seen, 0);
		seen |= caller;
		if (caller)
			cr_expect(hook_is_per_cpu((enum hook)h) && cap > 0 && cap < 64);
	}
	cr_expect_eq(seen, CALLER_CAPSET | CALLER_PRCTL | CALLER_MMAP_ADDR | CALLER_OVERCOMMIT);
}

/* A row's list of values ends with one that has neither an argument nor an expression. */
Test(ftrace_hooks, values_end)
{
	for (int h = 0; h < HOOKS_COUNT; h++) {
		const struct hook_value *last = &hook_table[h].values[HOOK_VALUES_MAX - 1];

		cr_expect(!last->arg && !last->expr, "%s", hook_table[h].symbol);
	}
}

Test(ftrace_hooks, names_of_values)
{
	char one[8], other[8];

	for (int a = 0; a < FETCH_WORD; a++) {
		const char *name = fetch_name((enum fetch_value)a, one);

		cr_assert_not_null(name, "value %d has no name", a);
		for (int b = 0; b < a; b++)
			cr_expect_str_neq(name, fetch_name((enum fetch_value)b, other));
	}
}
