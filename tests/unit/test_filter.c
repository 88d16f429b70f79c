// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "tests/unit/helper.h"

static bool matches(const char *expr, const struct cap_event *ev)
{
	struct filter *f = filter_new();
	struct err e = {0};
	bool hit;

	cr_assert_eq(filter_add(f, expr, &e), 0, "%s: %s", expr, e.msg);
	hit = filter_match(f, ev);
	filter_free(f);
	return hit;
}

/* The error has to be one line that contains @part. */
static void expect_error(const char *expr, const char *part)
{
	struct filter *f = filter_new();
	struct err e = {0};

	cr_assert_eq(filter_add(f, expr, &e), -EINVAL, "'%s' was accepted", expr);
	cr_assert(strstr(e.msg, part), "%s: %s", expr, e.msg);
	cr_assert_null(strchr(e.msg, '\n'));
	cr_assert_eq(filter_needs(f), 0, "a refused rule was kept");
	filter_free(f);
}

static void expect_any_error(const char *column, const char *values, const char *part)
{
	struct filter *f = filter_new();
	struct err e = {0};

	cr_assert_eq(filter_add_any(f, column, values, &e), -EINVAL, "'%s' was accepted", values);
	cr_assert(strstr(e.msg, part), "%s: %s", values, e.msg);
	filter_free(f);
}

Test(filter, what_matches)
{
	static const char *const yes[] = {
		"pid==3277678",
		"pid == 3277678",
		"  pid  ==  0x32036e ",
		"pid!=1",
		"pid>3277677",
		"pid>=3277678",
		"pid<3277679",
		"pid<=3277678",
		"pid~^3277",
		"pid!~^4",
		"comm==chroot",
		"comm~^ch.*t$",
		"comm!=CHROOT",
		"uid==0",
		"uid==root",
		"uid<1",
		"cap==18",
		"cap==0x12",
		"cap==SYS_CHROOT",
		"cap==cap_sys_chroot",
		"cap>=SYS_RAWIO",
		"capname==sys_chroot",
		"capName==CAP_SYS_CHROOT",
		"capname==18",
		"capname!=SYS_ADMIN",
		"capname~^sys_",
		"verdict==allow",
		"VERDICT==ALLOW",
		"verdict!=deny",
		"verdict~all",
		"audit==1",
		"audit==true",
		"audit!=0",
		"insetid==false",
		"insetid==0",
		"insetid!=true",
		"caps==0x3fffffffff",
		"caps==274877906943",
		"caps~^3f+$",
		"capsnames~(^|,)sys_admin(,|$)",
		"capsnames!=sys_admin",
		"capsNames!~checkpoint",
		"mountnsid==4026533307",
		"mntns==4026533307",
		"timestamp>2023-02-22T17:46:08Z",
		"timestamp<=2023-02-22T18:46:08.732237745+01:00",
		"timestamp==1677087968732237745",
		"timestamp~T17:46",
		"syscall==chroot",
		"syscall!=openat",
	};
	struct cap_event ev;

	event_chroot(&ev);
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		cr_assert(matches(yes[i], &ev), "%s", yes[i]);
}

Test(filter, what_does_not)
{
	static const char *const no[] = {
		"pid==327767",
		"pid!=3277678",
		"pid>3277678",
		"pid<3277678",
		"comm==chroo",
		"comm==Chroot",
		"comm==chroot2",
		"comm~^hroot",
		"comm!~o",
		"cap==SYS_NICE",
		"cap!=18",
		"cap<18",
		"capname==SYS_NICE",
		"capname!~sys",
		"verdict==Deny",
		"verdict!=Allow",
		"audit==0",
		"audit==no",
		"insetid==1",
		"caps==0",
		"capsnames==sys_admin",
		"timestamp<2023-02-22T17:46:08Z",
		"container==web",
		"container~.",
		"unit==-",
		"cgroupid>4711",
	};
	struct cap_event ev;

	event_chroot(&ev);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		cr_assert_not(matches(no[i], &ev), "%s", no[i]);
}

Test(filter, absent_values_match_only_the_negations)
{
	static const char *const negative[] = {"cap!=0",          "cap!~0",  "verdict!=Allow",
					       "audit!=0",        "comm!=x", "kstack!~x",
					       "syscall!=openat", "caps!=0"};
	static const char *const positive[] = {"cap==0",          "cap>=0",         "cap<63",
					       "cap~0",           "audit==0",       "uid==0",
					       "uid<=0",          "comm~.*",        "kstack~.*",
					       "capsnames==none", "insetid==false", "timestamp>=0"};
	struct cap_event ev = {0};

	for (size_t i = 0; i < ARRAY_SIZE(negative); i++)
		cr_assert(matches(negative[i], &ev), "%s", negative[i]);
	for (size_t i = 0; i < ARRAY_SIZE(positive); i++)
		cr_assert_not(matches(positive[i], &ev), "%s", positive[i]);
}

Test(filter, lists_are_their_text)
{
	static const struct cap_frame frames[] = {{.symbol = "cap_capable", .offset = 1},
						  {.symbol = "ns_capable", .offset = 2}};
	struct cap_event ev = {.have = FIELD(CAPS) | FIELD(KSTACK),
			       .caps = 1 << 23 | 1 << 21,
			       .kstack = frames,
			       .kstack_len = 2};

	cr_assert(matches("capsnames==sys_admin,sys_nice", &ev));
	cr_assert_not(matches("capsnames==sys_nice", &ev));
	cr_assert(matches("kstack~ns_capable", &ev));
	cr_assert(matches("kstack==cap_capable+0x1,ns_capable+0x2", &ev));
	ev.caps = 0;
	cr_assert(matches("capsnames==none", &ev));
}

Test(filter, long_stacks_are_searched_to_the_end)
{
	struct cap_frame frames[128];
	struct cap_event ev = {.have = FIELD(KSTACK), .kstack = frames, .kstack_len = 128};

	for (size_t i = 0; i < 128; i++)
		frames[i] = (struct cap_frame){.symbol = "some_function_of_the_kernel"};
	frames[127].symbol = "the_last_one";
	cr_assert(matches("kstack~the_last_one", &ev));
	cr_assert_not(matches("kstack!~the_last_one", &ev));
}

Test(filter, any_bytes_in_a_comm)
{
	struct cap_event ev = {.have = FIELD(COMM)};

	strcpy(ev.comm, "\xff\x1b[0m");
	cr_assert(matches("comm==\xff\x1b[0m", &ev));
	strcpy(ev.comm, "a b,c=~d");
	cr_assert(matches("comm==a b,c=~d", &ev));
	cr_assert(matches("comm == a b,c=~d", &ev));
}

Test(filter, all_rules_have_to_match)
{
	struct filter *f = filter_new();
	struct cap_event ev;
	struct err e;

	event_chroot(&ev);
	cr_assert(filter_match(f, &ev), "no rule lets all pass");
	cr_assert_eq(filter_add(f, "comm==chroot", &e), 0);
	cr_assert(filter_match(f, &ev));
	cr_assert_eq(filter_add(f, "cap!=18", &e), 0);
	cr_assert_not(filter_match(f, &ev));
	filter_free(f);
	filter_free(NULL);
}

Test(filter, any_of_a_list)
{
	struct filter *f = filter_new();
	struct cap_event ev;
	struct err e;

	event_chroot(&ev);
	cr_assert_eq(filter_add_any(f, "cap", "SYS_NICE,cap_sys_chroot,0", &e), 0, "%s", e.msg);
	cr_assert(filter_match(f, &ev));
	ev.cap = 0;
	cr_assert(filter_match(f, &ev));
	ev.cap = 21;
	cr_assert_not(filter_match(f, &ev));
	ev.have = 0;
	cr_assert_not(filter_match(f, &ev));
	filter_free(f);
}

Test(filter, errors)
{
	expect_error("", "empty filter");
	expect_error(" \t", "empty filter");
	expect_error("==1", "does not start with a column");
	expect_error("pid", "no operator");
	expect_error("pid 1", "no operator");
	expect_error("pid=1", "'=='");
	expect_error("pid==", "no value");
	expect_error("comm== ", "no value");
	expect_error("verdcit==Allow", "did you mean verdict?");
	expect_error("nonsense==1", "unknown column 'nonsense' (choose: node");
	expect_error("pid==x", "'x' is not a number");
	expect_error("pid==1x", "'1x' is not a number");
	expect_error("pid==1 2", "'1 2' is not a number");
	expect_error("pid<", "no value");
	expect_error("pid<=x", "is not a number");
	expect_error("pid==99999999999999999999", "out of range");
	expect_error("caps==3fffffffff", "0x3fffffffff");
	expect_error("caps==0xzz", "not a number");
	expect_error("uid==4294967296", "4294967295");
	expect_error("uid==no-such-user", "neither a user");
	expect_error("gid==no-such-group", "neither a group");
	expect_error("cap==SYS_NICEE", "did you mean SYS_NICE?");
	expect_error("cap==64", "0 to 63");
	expect_error("capname==xyzzy", "unknown capability 'xyzzy'");
	expect_error("verdict==maybe", "Allow or Deny");
	expect_error("audit==2", "audit is 1 or 0");
	expect_error("insetid==2", "true or false");
	expect_error("comm<a", "comm is not a number");
	expect_error("capname>=SYS_NICE", "capname is not a number");
	expect_error("insetid>false", "insetid is not a number");
	expect_error("comm~[", "regular expression");
	expect_error("comm!~(", "regular expression");
	expect_error("timestamp>yesterday", "is not a time");
}

Test(filter, errors_of_lists)
{
	expect_any_error("cap", "", "empty value");
	expect_any_error("cap", "SYS_NICE,", "empty value");
	expect_any_error("cap", ",SYS_NICE", "empty value");
	expect_any_error("cap", "SYS_NICE,23", "'23' is given twice");
	expect_any_error("comm", "a,b,a", "'a' is given twice");
	expect_any_error("cap", "SYS_NICE,SYS_NICEE", "unknown capability 'SYS_NICEE'");
	expect_any_error("uid", "0,x y", "neither a user");
	expect_any_error("no such", "1", "unknown column");
}

Test(filter, what_rules_need)
{
	struct filter *f = filter_new();
	struct err e;

	cr_assert_eq(filter_needs(f), 0);
	cr_assert_null(filter_unmet(f, 0));
	cr_assert_eq(filter_add(f, "capname==SYS_NICE", &e), 0);
	cr_assert_eq(filter_add(f, "audit==1", &e), 0);
	cr_assert_eq(filter_needs(f), FIELD(CAP) | FIELD(AUDIT));
	cr_assert_null(filter_unmet(f, FIELDS_BACKEND));
	cr_assert_str_eq(filter_unmet(f, FIELD(CAP))->name, "audit");
	cr_assert_str_eq(filter_unmet(f, 0)->name, "capname");
	filter_free(f);
}

Test(filter, whether_audited_or_not_passes)
{
	struct filter *f = filter_new();
	struct err e;

	cr_assert(filter_allows_audit(f, true) && filter_allows_audit(f, false));
	cr_assert_eq(filter_add(f, "audit==0", &e), 0);
	cr_assert(filter_allows_audit(f, false));
	cr_assert_not(filter_allows_audit(f, true));
	filter_free(f);
}

static void pushdown_of(const char *expr, struct prefilter *p)
{
	struct filter *f = filter_new();
	struct err e = {0};

	if (expr)
		cr_assert_eq(filter_add(f, expr, &e), 0, "%s", e.msg);
	filter_pushdown(f, true, p);
	filter_free(f);
}

Test(pushdown, what_the_kernel_is_told)
{
	struct prefilter p;

	pushdown_of(NULL, &p);
	cr_assert(p.caps == UINT64_MAX && p.verdicts == 3 && p.audited_only && !p.has_uid);
	pushdown_of("cap==SYS_NICE", &p);
	cr_assert(p.caps == 1u << 23 && p.verdicts == 3);
	pushdown_of("cap!=0", &p);
	cr_assert_eq(p.caps, UINT64_MAX - 1);
	pushdown_of("capname==chown", &p);
	cr_assert_eq(p.caps, 1);
	pushdown_of("cap>=62", &p);
	cr_assert_eq(p.caps, UINT64_C(3) << 62);
	pushdown_of("verdict==deny", &p);
	cr_assert(p.caps == UINT64_MAX && p.verdicts == 1 << CAP_DENY);
	pushdown_of("verdict!=deny", &p);
	cr_assert_eq(p.verdicts, 1 << CAP_ALLOW);
	pushdown_of("uid==65534", &p);
	cr_assert(p.has_uid && p.uid == 65534);
	pushdown_of("uid!=0", &p);
	cr_assert_not(p.has_uid);
	pushdown_of("comm==nice", &p);
	cr_assert(p.caps == UINT64_MAX && p.verdicts == 3 && !p.has_uid);
}

/* The decision that a backend derives from the prefilter in the kernel. */
static bool kernel_passes(const struct prefilter *p, const struct cap_event *ev)
{
	if (ev->cap >= 0 && ev->cap < 64 && !(p->caps >> ev->cap & 1))
		return false;
	if (!(p->verdicts >> ev->verdict & 1))
		return false;
	return !p->has_uid || p->uid == ev->uid;
}

static void random_rule(struct filter *f, uint32_t *seed, char *text, size_t size)
{
	static const char *const ops[] = {"==", "!=", ">", ">=", "<", "<=", "~", "!~"};
	static const char *const names[] = {"SYS_NICE", "chown", "cap_bpf", "SYS_ADMIN", "63"};
	const char *op = ops[random_below(seed, 8)], *equal = ops[random_below(seed, 2)];
	struct err e = {0};

	switch (random_below(seed, 8)) {
	case 0:
		snprintf(text, size, "cap%s%u", op, random_below(seed, 64));
		break;
	case 1:
		snprintf(text, size, "capname%s%s", equal, names[random_below(seed, 5)]);
		break;
	case 2:
		snprintf(text, size, "capname%s%s", ops[6 + random_below(seed, 2)],
			 random_below(seed, 2) ? "sys" : "^CAP_6");
		break;
	case 3:
		snprintf(text, size, "verdict%s%s", equal,
			 random_below(seed, 2) ? "Allow" : "deny");
		break;
	case 4:
		snprintf(text, size, "uid%s%u", op, random_below(seed, 4));
		break;
	case 5:
		snprintf(text, size, "comm%s%c", equal, 'a' + (char)random_below(seed, 2));
		break;
	case 6:
		snprintf(text, size, "%u,%u", random_below(seed, 4), 4 + random_below(seed, 4));
		cr_assert_eq(filter_add_any(f, random_below(seed, 2) ? "uid" : "cap", text, &e), 0,
			     "%s", e.msg);
		return;
	default:
		snprintf(text, size, "audit%s%u", op, random_below(seed, 2));
		break;
	}
	cr_assert_eq(filter_add(f, text, &e), 0, "%s: %s", text, e.msg);
}

static void random_event(struct cap_event *ev, uint32_t *seed)
{
	*ev = (struct cap_event){
		.have = FIELDS_BACKEND & ~FIELD(KSTACK),
		.cap = (int32_t)random_below(seed, 70) - 2,
		.uid = random_below(seed, 5),
		.verdict = random_below(seed, 2) ? CAP_ALLOW : CAP_DENY,
		.audit = random_below(seed, 2),
		.comm = {'a' + (char)random_below(seed, 3)},
	};
	/* Small numbers more often, as lists contain them. */
	if (random_below(seed, 2))
		ev->cap = (int32_t)random_below(seed, 8);
}

/*
 * The kernel must never drop what user space would show. What the rules decide by the capability or
 * the verdict alone it must drop, too, or pushing down would be useless.
 */
Test(pushdown, agrees_with_user_space_on_random_rules_and_events)
{
	uint32_t seed = 20240607;
	unsigned long dropped = 0, shown = 0;

	for (int round = 0; round < 3000; round++) {
		struct filter *f = filter_new();
		char text[4][64] = {""};
		uint32_t rules = 1 + random_below(&seed, 3);
		struct prefilter p;

		for (uint32_t i = 0; i < rules; i++)
			random_rule(f, &seed, text[i], sizeof(text[i]));
		filter_pushdown(f, false, &p);
		for (int n = 0; n < 100; n++) {
			struct cap_event ev;
			bool kernel, user;

			random_event(&ev, &seed);
			kernel = kernel_passes(&p, &ev);
			user = filter_match(f, &ev);
			cr_assert(kernel || !user, "%s / %s / %s drops cap %d verdict %d uid %u",
				  text[0], text[1], text[2], ev.cap, ev.verdict, ev.uid);
			dropped += !kernel;
			shown += user;
		}
		filter_free(f);
	}
	cr_assert_gt(dropped, 30000, "%lu", dropped);
	cr_assert_gt(shown, 10000, "%lu", shown);
}

Test(pushdown, one_field_is_decided_alike)
{
	static const char *const rules[] = {"cap==23",       "cap!=23",      "cap<5",
					    "cap~^2",        "capname==bpf", "capname!~sys",
					    "verdict==Deny", "verdict~a",    "uid==3"};
	uint32_t seed = 7;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct filter *f = filter_new();
		struct prefilter p;

		cr_assert_eq(filter_add(f, rules[i], NULL), 0);
		filter_pushdown(f, false, &p);
		for (int n = 0; n < 2000; n++) {
			struct cap_event ev;

			random_event(&ev, &seed);
			ev.cap = (int32_t)random_below(&seed, 64);
			cr_assert_eq(kernel_passes(&p, &ev), filter_match(f, &ev), "%s", rules[i]);
		}
		filter_free(f);
	}
}
