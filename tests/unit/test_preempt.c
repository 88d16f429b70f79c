// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>

#include "compat/host/preempt.h"

Test(preempt, the_model_in_parentheses_counts)
{
	cr_expect(!preempt_model_preempts("none (voluntary) full\n"));
	cr_expect(!preempt_model_preempts("(none) voluntary full lazy \n"));
	cr_expect(preempt_model_preempts("none voluntary (full)\n"));
	cr_expect(preempt_model_preempts("full (lazy)\n"));
}

Test(preempt, a_kernel_built_without_is_never_preempted)
{
	cr_expect(!preempt_version_preempts("#1 SMP Debian 5.10.262-1 (2026-10-01)", "quiet"));
	cr_expect(!preempt_version_preempts(NULL, NULL));
	cr_expect(preempt_version_preempts("#1 SMP PREEMPT_RT Debian 6.1", "preempt=none"));
	cr_expect(preempt_version_preempts("#1 SMP PREEMPT Debian 6.1", NULL));
}

Test(preempt, the_command_line_sets_a_dynamic_kernels_model)
{
	static const char dynamic[] = "#1 SMP PREEMPT_DYNAMIC Debian 6.12";

	cr_expect(preempt_version_preempts(dynamic, "root=/dev/vda quiet\n"));
	cr_expect(preempt_version_preempts(dynamic, NULL));
	cr_expect(!preempt_version_preempts(dynamic, "quiet preempt=voluntary\n"));
	cr_expect(!preempt_version_preempts(dynamic, "preempt=full preempt=none"));
	cr_expect(preempt_version_preempts(dynamic, "nopreempt=none preempt=lazy"));
}
