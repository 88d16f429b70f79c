// SPDX-License-Identifier: GPL-2.0-or-later
/* What is fetched for cgroups and start-up, and that older kernels take arguments of that length. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compat/layout.h"
#include "compat/machine.h"
#include "core/util.h"
#include "ftrace/cgroup_v1.h"
#include "ftrace/check.h"
#include "ftrace/startup_probe.h"

/* As wide as they come: Debian's kernels have fewer digits in most. */
static void wide_layout(struct layout *l)
{
	layout_init(l);
	for (int f = 0; f < LAYOUT_FIELDS; f++)
		l->at[f] = 192;
	l->at[LAYOUT_TASK_TID] = l->at[LAYOUT_TASK_TGID] = l->at[LAYOUT_TASK_CGROUPS] =
		l->at[LAYOUT_TASK_PARENT] = l->at[LAYOUT_TASK_FS] = l->at[LAYOUT_TASK_MM] = 2904;
	l->at[LAYOUT_MM_EXE] = 1024;
	l->at[LAYOUT_DENTRY_NAME] = 40;
	l->at[LAYOUT_CGROUP_SELF] = l->at[LAYOUT_LINK_CGROUP] = l->at[LAYOUT_CSS_CGROUP] = 0;
	l->at[LAYOUT_LINK_ENTRY] = 24;
}

Test(ftrace_cgroup, the_way_to_version_1)
{
	const struct machine *m = machine_find("x86_64");
	struct cgroup_v1 pids = {.number = 8, .at = 3},
			 named = {.number = 1, .named = true, .at = 2};
	char expr[FETCH_BASE_MAX];
	struct layout l;

	wide_layout(&l);
	cgroup_v1_follow(expr, &pids, &l, m, "+2904(@0x1)");
	cr_expect_str_eq(expr, "+0(+216(+2904(@0x1)))");
	cgroup_v1_follow(expr, &named, &l, m, "+2904(@0x1)");
	cr_expect_str_eq(expr, "-24(+0(+0(+192(+2904(@0x1)))))");
	cr_expect(cgroup_v1_has(&pids, &l));
	l.at[LAYOUT_CSET_LINKS] = LAYOUT_ABSENT;
	cr_expect(cgroup_v1_has(&pids, &l));
	cr_expect_not(cgroup_v1_has(&named, &l));
}

/* MAX_ARGSTR_LEN is 63 on older kernels. */
static void fits(struct fetch *f, const char *what)
{
	char *text = NULL, *save = NULL;

	cr_assert_eq(fetch_render(f, &text), 0);
	for (char *arg = strtok_r(text, " ", &save); arg; arg = strtok_r(NULL, " ", &save)) {
		arg = strchr(arg, '=') + 1;
		cr_expect_leq(strlen(arg), 63, "%s: %s", what, arg);
	}
	free(text);
}

Test(ftrace_cgroup, arguments_are_short)
{
	static const enum check_kind kinds[] = {CHECK_MAIN, CHECK_MOVE, CHECK_START, CHECK_IMAGE};
	struct cgroup_v1 ways[] = {{.number = 8, .at = 12}, {.number = 1, .named = true, .at = 2}};
	struct fetch *f = calloc(1, sizeof(*f));
	struct layout l;
	struct check_cfg cfg = {
		.machine = machine_find("x86_64"),
		.layout = &l,
		.fields = CAP_HAVE(CGROUPID) | CAP_HAVE(CGROUP_KEY),
		.current = 0xffff88803ec1f940,
	};

	wide_layout(&l);
	cr_assert_null(startup_lacks(&cfg));
	for (size_t way = 0; way <= ARRAY_SIZE(ways); way++) {
		cfg.v1 = way ? &ways[way - 1] : NULL;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			check_fetch(f, &cfg, kinds[i]);
			cr_expect_gt(f->len, 4);
			fits(f, check_symbol(kinds[i]));
		}
	}
	l.at[LAYOUT_FILE_DENTRY] = LAYOUT_ABSENT;
	cr_expect_str_eq(startup_lacks(&cfg), "file.f_path.dentry");
	free(f);
}
