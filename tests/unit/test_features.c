// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/host/features.h"

/* A folder whose files stand for those of a machine. */
static char root[] = "/tmp/captrace-features.XXXXXX";

static void make_root(void)
{
	cr_assert(mkdtemp(root));
}

static void remove_root(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", root);
	cr_assert_eq(system(command), 0);
}

/*
 * Makes the file @path, and its folders, with @size bytes of @data; a folder if it ends with "/".
 */
static void add(const char *path, const void *data, size_t size)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	if (path[strlen(path) - 1] == '/')
		return;
	f = fopen(full, "w");
	cr_assert(f);
	cr_assert_eq(fwrite(data, 1, size, f), size);
	cr_assert_eq(fclose(f), 0);
}

static void take_away(const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s%s", root, path);
	cr_assert_eq(unlink(full), 0);
}

TestSuite(features, .init = make_root, .fini = remove_root);

Test(features, each_has_a_row)
{
	for (int i = 0; i < FEATURES; i++) {
		const struct feature_info *info = feature_info((enum feature)i);

		cr_assert(info->name && info->what && info->version && info->probe, "%d", i);
		for (int j = 0; j < i; j++)
			cr_expect_str_neq(info->name, feature_info((enum feature)j)->name);
	}
}

Test(features, a_file_says_yes)
{
	struct features f = {.root = root};

	add("/sys/kernel/btf/vmlinux", "", 0);
	add("/sys/bus/event_source/devices/kprobe/type", "", 0);
	add("/proc/self/ns/user", "", 0);
	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_YES);
	cr_expect_eq(feature_ask(&f, FEATURE_KPROBE_PMU), FEATURE_YES);
	cr_expect_eq(feature_ask(&f, FEATURE_USER_NS), FEATURE_YES);
	cr_expect(feature_has(&f, FEATURE_BTF));
	cr_expect_not(feature_lacks(&f, FEATURE_BTF));
}

Test(features, without_a_file_its_folder_says_no)
{
	struct features f = {.root = root};

	add("/sys/kernel/", NULL, 0);
	add("/sys/bus/event_source/devices/", NULL, 0);
	add("/proc/sys/kernel/", NULL, 0);
	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_NO);
	cr_expect_eq(feature_ask(&f, FEATURE_KPROBE_PMU), FEATURE_NO);
	cr_expect_eq(feature_ask(&f, FEATURE_PERF_EVENTS), FEATURE_NO);
	cr_expect(feature_lacks(&f, FEATURE_BTF));
	cr_expect_not(feature_has(&f, FEATURE_BTF));
	/* securityfs is not mounted. */
	cr_expect_eq(feature_ask(&f, FEATURE_LOCKDOWN), FEATURE_UNKNOWN);
}

Test(features, where_nothing_is_mounted_nothing_is_known)
{
	static const enum feature all[] = {
		FEATURE_BTF,
		FEATURE_LOCKDOWN,
		FEATURE_USER_NS,
		FEATURE_PERF_EVENTS,
		FEATURE_KPROBE_PMU,
		FEATURE_KPROBE_EVENTS,
		FEATURE_CAP_TRACEPOINT,
		FEATURE_TRACEPOINT_SRCU,
	};
	struct features f = {.root = root};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		cr_expect_eq(feature_ask(&f, all[i]), FEATURE_UNKNOWN, "%s",
			     feature_info(all[i])->name);
		cr_expect_not(feature_has(&f, all[i]));
		cr_expect_not(feature_lacks(&f, all[i]));
	}
}

/* Root is never refused access, but a link to itself is an error for everybody. */
Test(features, an_inaccessible_file_is_unknown)
{
	struct features f = {.root = root};
	char path[64];

	add("/sys/kernel/security/lsm", "", 0);
	snprintf(path, sizeof(path), "%s/sys/kernel/security/lockdown", root);
	cr_assert_eq(symlink("lockdown", path), 0);
	cr_expect_eq(feature_ask(&f, FEATURE_LOCKDOWN), FEATURE_UNKNOWN);
}

Test(features, tracefs_answers_for_its_features)
{
	struct features f = {.root = root, .tracefs = root};

	add("/events/", NULL, 0);
	add("/kprobe_events", "", 0);
	cr_expect_eq(feature_ask(&f, FEATURE_KPROBE_EVENTS), FEATURE_YES);
	cr_expect_eq(feature_ask(&f, FEATURE_CAP_TRACEPOINT), FEATURE_NO);
}

Test(features, without_tracefs_btf_answers_for_tracepoints)
{
	static const char with[] = "\0int\0btf_trace_cap_capable\0long";
	static const char without[] = "\0int\0btf_trace_cap_capable2\0xtracepoint_srcu_srcu_data";
	struct features f = {.root = root}, g = {.root = root};

	add("/sys/kernel/btf/vmlinux", with, sizeof(with));
	cr_expect_eq(feature_ask(&f, FEATURE_CAP_TRACEPOINT), FEATURE_YES);
	cr_expect_eq(feature_ask(&f, FEATURE_TRACEPOINT_SRCU), FEATURE_NO);
	add("/sys/kernel/btf/vmlinux", without, sizeof(without));
	cr_expect_eq(feature_ask(&g, FEATURE_CAP_TRACEPOINT), FEATURE_NO);
	cr_expect_eq(feature_ask(&g, FEATURE_TRACEPOINT_SRCU), FEATURE_NO);
}

Test(features, each_is_probed_once)
{
	struct features f = {.root = root}, again = {.root = root};

	add("/sys/kernel/btf/vmlinux", "", 0);
	cr_expect_eq(f.answers[FEATURE_BTF], FEATURE_UNASKED);
	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_YES);
	cr_expect_eq(f.answers[FEATURE_KPROBE_PMU], FEATURE_UNASKED);
	take_away("/sys/kernel/btf/vmlinux");
	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_YES);
	cr_expect_eq(feature_ask(&again, FEATURE_BTF), FEATURE_NO);
}

/* An unknown answer is kept like any other. */
Test(features, an_unknown_one_is_not_probed_again)
{
	struct features f = {.root = root};

	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_UNKNOWN);
	add("/sys/kernel/btf/vmlinux", "", 0);
	cr_expect_eq(feature_ask(&f, FEATURE_BTF), FEATURE_UNKNOWN);
}

Test(features, the_environment_hides_features)
{
	struct features f = {.root = root};

	setenv("CAPTRACE_BPF_OLD", "1", 1);
	cr_expect(feature_lacks(&f, FEATURE_BPF_MMAP));
	cr_expect(feature_lacks(&f, FEATURE_BPF_RINGBUF));
}
