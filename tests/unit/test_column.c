// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/output/widths.h"
#include "tests/unit/helper.h"

static const struct column *column_of(const char *name)
{
	const struct column *col = column_find(name, strlen(name));

	cr_assert_not_null(col, "no column %s", name);
	return col;
}

static char *text_of(const char *name, const struct cap_event *ev)
{
	static char text[2048];
	struct value v;

	column_get(column_of(name), ev, &v);
	cr_assert_lt(value_text(&v, text, sizeof(text)), sizeof(text));
	return text;
}

Test(column, every_row_is_whole)
{
	for (size_t i = 0; i < columns_len; i++) {
		const struct column *c = &columns[i];
		char buf[32];

		cr_assert(c->name && c->key && c->help && c->needs, "row %zu", i);
		cr_assert(!c->get == !!c->member, "%s", c->name);
		for (const char *p = c->name; *p; p++)
			cr_assert(*p >= 'a' && *p <= 'z', "%s", c->name);
		cr_assert(c->min && c->min <= c->width && c->width <= c->max, "%s", c->name);
		cr_assert_geq(c->width, strlen(column_heading(c, buf, sizeof(buf))), "%s", c->name);
	}
}

Test(column, no_spelling_is_ambiguous)
{
	for (size_t i = 0; i < columns_len; i++) {
		char buf[32];

		cr_assert_eq(column_of(columns[i].name), &columns[i]);
		cr_assert_eq(column_of(columns[i].key), &columns[i]);
		cr_assert_eq(column_of(column_heading(&columns[i], buf, sizeof(buf))), &columns[i]);
	}
}

Test(column, the_spellings_of_the_reference)
{
	static const char *const same[][2] = {
		{"capName", "capname"},
		{"CAPSNAMES", "capsnames"},
		{"mountnsid", "mntns"},
		{"MountNsId", "mntns"},
		{"K8S.NODE", "node"},
		{"k8s.namespace", "namespace"},
		{"K8S.POD", "pod"},
		{"K8S.CONTAINER", "k8s.container"},
		{"RUNTIME.CONTAINERNAME", "container"},
		{"containername", "container"},
		{"podname", "pod"},
		{"TargetUserNS", "targetuserns"},
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		cr_assert_eq(column_of(same[i][0]), column_of(same[i][1]), "%s", same[i][0]);
}

/* The same value under a Kubernetes heading, without a key of its own. */
Test(column, a_second_heading)
{
	const struct column *col = column_of("k8s.container");
	struct cap_event ev = {.have = FIELD(CONTAINER), .container = "web"};
	struct value v;
	char buf[32];

	cr_assert_str_eq(column_heading(col, buf, sizeof(buf)), "K8S.CONTAINER");
	cr_assert_null(col->key);
	column_get(col, &ev, &v);
	cr_assert_str_eq(v.s, "web");
	cr_assert_neq(col, column_of("container"));
}

Test(column, unknown_columns)
{
	static const char *const wrong[] = {"",     "capp", "ca", "k8s",
					    "k8s.", "pid ", ",",  "podname,x"};
	struct err e = {0};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_null(column_find(wrong[i], strlen(wrong[i])), "'%s'", wrong[i]);
	cr_assert_eq(column_find("capname,pid", 7), column_of("capname"));
	cr_assert_eq(column_unknown("verdcit", 7, &e), -EINVAL);
	cr_assert(strstr(e.msg, "'verdcit' (did you mean verdict?) (choose: node "), "%s", e.msg);
	cr_assert(strstr(e.msg, " kstack"), "%s", e.msg);
}

Test(column, defaults)
{
	const struct column *cols[64];
	char names[128] = "";
	size_t n = find_columns(NULL, cols);

	for (size_t i = 0; i < n; i++) {
		strcat(names, cols[i]->name);
		strcat(names, " ");
	}
	cr_assert_str_eq(names, "pid comm syscall uid cap capname audit verdict ");
}

Test(column, texts)
{
	struct cap_event ev;

	event_chroot(&ev);
	cr_assert_str_eq(text_of("pid", &ev), "3277678");
	cr_assert_str_eq(text_of("tid", &ev), "3277679");
	cr_assert_str_eq(text_of("comm", &ev), "chroot");
	cr_assert_str_eq(text_of("uid", &ev), "0");
	cr_assert_str_eq(text_of("cap", &ev), "18");
	cr_assert_str_eq(text_of("capname", &ev), "SYS_CHROOT");
	cr_assert_str_eq(text_of("audit", &ev), "1");
	cr_assert_str_eq(text_of("verdict", &ev), "Allow");
	cr_assert_str_eq(text_of("insetid", &ev), "false");
	cr_assert_str_eq(text_of("caps", &ev), "3fffffffff");
	cr_assert_str_eq(text_of("targetuserns", &ev), "4026531837");
	cr_assert_str_eq(text_of("mntns", &ev), "4026533307");
	cr_assert_str_eq(text_of("cgroupid", &ev), "4711");
	cr_assert_str_eq(text_of("timestamp", &ev), "2023-02-22T17:46:08.732237745Z");
	cr_assert_eq(strncmp(text_of("capsnames", &ev), "chown,dac_override,dac_", 23), 0);
	ev.verdict = CAP_DENY;
	ev.audit = false;
	ev.cap = 0;
	cr_assert_str_eq(text_of("verdict", &ev), "Deny");
	cr_assert_str_eq(text_of("audit", &ev), "0");
	cr_assert_str_eq(text_of("capname", &ev), "CHOWN");
	ev.cap = 70;
	cr_assert_str_eq(text_of("capname", &ev), "CAP_70");
	ev.uid = UINT32_MAX;
	cr_assert_str_eq(text_of("uid", &ev), "4294967295");
}

Test(column, absent_is_never_a_value)
{
	struct cap_event ev;

	event_chroot(&ev);
	for (size_t i = 0; i < columns_len; i++) {
		struct value v;

		ev.have = ~columns[i].needs;
		column_get(&columns[i], &ev, &v);
		cr_assert_eq(v.type, VALUE_NONE, "%s", columns[i].name);
		cr_assert_str_eq(text_of(columns[i].name, &ev), "-");
	}
	ev.have = FIELD(SYSCALL);
	ev.syscall = NULL;
	cr_assert_str_eq(text_of("syscall", &ev), "-");
}

Test(column, capability_sets)
{
	struct cap_event ev = {.have = FIELD(CAPS)};

	cr_assert_str_eq(text_of("capsnames", &ev), "none");
	cr_assert_str_eq(text_of("caps", &ev), "0");
	ev.caps = 1;
	cr_assert_str_eq(text_of("capsnames", &ev), "chown");
	ev.caps = UINT64_C(1) << 63 | 1 << 23;
	cr_assert_str_eq(text_of("capsnames", &ev), "sys_nice,cap_63");
	ev.caps = UINT64_MAX;
	cr_assert(strstr(text_of("capsnames", &ev), ",sys_admin,"));
	cr_assert(strstr(text_of("capsnames", &ev), "cap_62,cap_63"));
}

Test(column, kernel_stack)
{
	static const struct cap_frame frames[] = {
		{.addr = 0xffffffff81234567, .symbol = "cap_capable", .offset = 0x1},
		{.addr = 0xffffffffc0001234},
	};
	struct cap_event ev = {.have = FIELD(KSTACK), .kstack = frames, .kstack_len = 2};

	cr_assert_str_eq(text_of("kstack", &ev), "cap_capable+0x1,0xffffffffc0001234");
	ev.kstack_len = 0;
	cr_assert_str_eq(text_of("kstack", &ev), "none");
}

Test(column, text_longer_than_the_buffer)
{
	struct cap_event ev = {.have = FIELD(CAPS), .caps = UINT64_MAX};
	char *whole = strdup(text_of("capsnames", &ev)), small[10], *big = NULL;
	struct value v;

	column_get(column_of("capsnames"), &ev, &v);
	cr_assert_eq(value_text(&v, small, sizeof(small)), strlen(whole));
	cr_assert_eq(strncmp(small, whole, 9), 0);
	cr_assert_eq(value_text(&v, NULL, 0), strlen(whole));
	cr_assert_str_eq(value_whole(&v, small, sizeof(small), &big), whole);
	cr_assert_not_null(big);
	free(big);
	free(whole);
}

static size_t fit(const char *list, unsigned int width, unsigned short *cells)
{
	const struct column *cols[64];
	size_t n = find_columns(list, cols), sum = n - 1;

	widths_fit(cols, n, width, cells);
	for (size_t i = 0; i < n; i++) {
		cr_assert(cells[i] >= cols[i]->min && cells[i] <= cols[i]->max, "%s at %u",
			  cols[i]->name, width);
		sum += cells[i];
	}
	return sum;
}

Test(widths, defaults_at_80)
{
	unsigned short cells[64];

	cr_assert_eq(fit(NULL, 80, cells), 80);
	cr_assert_eq(cells[0], 7, "a pid of PID_MAX_LIMIT");
	cr_assert_eq(cells[1], 15, "TASK_COMM_LEN");
	cr_assert_eq(cells[5], 18, "CHECKPOINT_RESTORE");
}

Test(widths, fits_wherever_it_can)
{
	unsigned short cells[64];

	for (unsigned int width = 40; width <= 300; width++)
		cr_assert_leq(fit(NULL, width, cells), width, "at %u", width);
	cr_assert_leq(fit("timestamp,pid,tid,comm,capname,verdict,capsnames", 200, cells), 200);
}

Test(widths, room_goes_to_texts_and_has_an_end)
{
	unsigned short cells[64];

	cr_assert_lt(fit(NULL, 200, cells), 130);
	cr_assert_eq(cells[2], 23, "the longest system call's name");
	cr_assert_eq(cells[0], 7);
	cr_assert_eq(fit("comm,capsnames", 200, cells), 200);
	cr_assert_gt(cells[1], 150);
}

Test(widths, no_terminal_and_too_narrow_ones)
{
	unsigned short cells[64];

	cr_assert_eq(fit(NULL, 0, cells), 80);
	cr_assert_gt(fit(NULL, 10, cells), 10);
	cr_assert_gt(fit(NULL, 1, cells), 1);
}

Test(column, differing)
{
	struct cap_event a, b;

	event_chroot(&a);
	event_chroot(&b);
	cr_assert_eq(columns_differing(&a, &b), 0);
	b.pid++;
	b.comm[0]++;
	b.caps ^= UINT64_C(1) << 40;
	b.audit = !b.audit;
	b.syscall = "another";
	cr_assert_eq(columns_differing(&a, &b),
		     FIELD(PID) | FIELD(COMM) | FIELD(CAPS) | FIELD(AUDIT) | FIELD(SYSCALL));
	b.have &= ~(FIELD(PID) | FIELD(SYSCALL));
	cr_assert_eq(columns_differing(&a, &b), FIELD(COMM) | FIELD(CAPS) | FIELD(AUDIT));
}
