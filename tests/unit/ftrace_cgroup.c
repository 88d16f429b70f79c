// SPDX-License-Identifier: GPL-2.0-or-later
/* What probes fetch for cgroups and start-up, within older kernels' limits on arguments. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/base/util.h"
#include "core/event/cgroup.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/cgroup_id.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/startup_probe.h"

/* Offsets with the most digits; most of those in Debian's kernels have fewer. */
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
	/* Either of these tells whether the cgroup is the root. */
	l.at[LAYOUT_CGROUP_LEVEL] = LAYOUT_ABSENT;
	cr_expect_not(cgroup_v1_has(&pids, &l));
	pids.root = 1;
	cr_expect(cgroup_v1_has(&pids, &l));
}

static const char *id_text(const struct layout *l, struct fetch *f)
{
	static char out[128];
	char *text = NULL;

	f->len = 0;
	cgroup_id_fetch(f, FETCH_CGROUP, l, machine_find("x86_64"), "%di");
	cr_assert_eq(fetch_render(f, &text), 0);
	snprintf(out, sizeof(out), "%s", text);
	free(text);
	return out;
}

Test(ftrace_cgroup, ids_of_all_ages)
{
	struct fetch *f = calloc(1, sizeof(*f));
	struct layout l;

	layout_init(&l);
	cr_expect_not(cgroup_id_has(&l));
	cr_expect_str_eq(id_text(&l, f), "");
	l.at[LAYOUT_CGROUP_DENTRY] = 72;
	l.at[LAYOUT_DENTRY_INODE] = 48;
	cr_expect_not(cgroup_id_has(&l));
	l.at[LAYOUT_INODE_INO] = 64;
	cr_expect(cgroup_id_has(&l));
	cr_expect_str_eq(id_text(&l, f), "cg=+64(+48(+72(%di))):u64 ");
	l.at[LAYOUT_CGROUP_KN] = 208;
	l.at[LAYOUT_KN_INO] = 108;
	cr_expect_str_eq(id_text(&l, f), "cg=+108(+208(%di)):u32 ");
	l.at[LAYOUT_KN_ID] = 112;
	cr_expect_str_eq(id_text(&l, f), "cg=+112(+208(%di)):u64 ");
	free(f);
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
	static const enum hook hooks[] = {HOOK_MAIN, HOOK_CGROUP_ATTACH, HOOK_NEWTASK, HOOK_EXEC};
	struct cgroup_v1 ways[] = {{.number = 8, .at = 12}, {.number = 1, .named = true, .at = 2}};
	struct fetch *f = calloc(1, sizeof(*f));
	struct layout l;
	struct hook_cfg cfg = {
		.machine = machine_find("x86_64"),
		.layout = &l,
		.fields = FIELD(CGROUPID) | FIELD(CGROUP_KEY),
		.current = 0xffff88803ec1f940,
	};

	wide_layout(&l);
	cr_assert_null(startup_lacks(&cfg));
	for (size_t way = 0; way <= ARRAY_SIZE(ways); way++) {
		cfg.v1 = way ? &ways[way - 1] : NULL;
		for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
			hook_fetch(f, &cfg, hooks[i]);
			cr_expect_gt(f->len, 4);
			fits(f, hook_symbol(hooks[i]));
		}
	}
	/* Without kernfs (3.10) the expression has more steps, and smaller offsets. */
	l.at[LAYOUT_CGROUP_KN] = LAYOUT_ABSENT;
	l.at[LAYOUT_CGROUP_DENTRY] = 72;
	l.at[LAYOUT_DENTRY_INODE] = 48;
	l.at[LAYOUT_INODE_INO] = 64;
	l.at[LAYOUT_CSET_LINKS] = 40;
	l.at[LAYOUT_LINK_CGROUP] = 16;
	hook_fetch(f, &cfg, HOOK_MAIN);
	fits(f, "without kernfs");
	l.at[LAYOUT_FILE_DENTRY] = LAYOUT_ABSENT;
	cr_expect_str_eq(startup_lacks(&cfg), "file.f_path.dentry");
	free(f);
}

struct record {
	struct feed_record head;
	struct feed_entry entry;
	uint32_t tid, number, level;
	uint64_t v1, v2;
};

static void place(struct fetch_map *m, enum fetch_value v, size_t at, uint16_t size)
{
	m->at[v].offset = (uint16_t)(at - offsetof(struct record, entry));
	m->at[v].size = size;
}

/* Decodes the key of a task in cgroup @id of hierarchy 8, whose root has id 1; 0: unknown. */
static uint64_t key_of(struct hook_decoder *d, uint32_t number, uint64_t id, uint32_t level)
{
	struct record r = {
		.head = {.size = sizeof(r) - offsetof(struct record, entry)},
		.entry = {.pid = 42},
		.tid = 42,
		.number = number,
		.level = level,
		.v1 = id,
		.v2 = 77,
	};
	struct cap_event ev;

	cr_assert(hook_decode(d, &r.head, &ev));
	return event_has(&ev, FIELD(CGROUP_KEY)) ? ev.cgroup_key : 0;
}

Test(ftrace_cgroup, the_key)
{
	struct cgroup_v1 v1 = {.number = 8, .root = 1};
	struct calibration cal = {0};
	struct hook_decoder *d = calloc(1, sizeof(*d));

	d->hook = HOOK_MAIN;
	d->cal = &cal;
	d->cfg.v1 = &v1;
	d->cfg.machine = machine_find("x86_64");
	place(&d->map, FETCH_TID, offsetof(struct record, tid), 4);
	place(&d->map, FETCH_V1_NUMBER, offsetof(struct record, number), 4);
	place(&d->map, FETCH_V1_CGROUP, offsetof(struct record, v1), 8);
	/* If levels are unknown, the id of the root tells. */
	cr_expect_eq(key_of(d, 8, 30, 0), 30 | CGROUP_KEY_V1);
	cr_expect_eq(key_of(d, 7, 30, 0), 0, "another hierarchy");
	cr_expect_eq(key_of(d, 8, 0, 0), 0, "unreadable");
	cr_expect_eq(key_of(d, 8, 1, 0), 0, "in the root, and version 2's is unknown");
	v1.alone = true;
	cr_expect_eq(key_of(d, 8, 1, 0), 1 | CGROUP_KEY_V1);
	place(&d->map, FETCH_CGROUP, offsetof(struct record, v2), 8);
	cr_expect_eq(key_of(d, 8, 1, 0), 77);
	place(&d->map, FETCH_V1_LEVEL, offsetof(struct record, level), 4);
	cr_expect_eq(key_of(d, 8, 30, 0), 77);
	cr_expect_eq(key_of(d, 8, 1, 2), 1 | CGROUP_KEY_V1);
	free(d);
}
