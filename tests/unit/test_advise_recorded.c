// SPDX-License-Identifier: GPL-2.0-or-later
/* Advice on recordings from real kernels (tests/fixtures/recordings). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "tests/unit/advise_helper.h"

static char *read_fixture(const char *name)
{
	char path[128], *text = malloc(1 << 20);
	cleanup_fclose FILE *f = NULL;
	size_t n;

	snprintf(path, sizeof(path), "tests/fixtures/recordings/%s", name);
	f = fopen(path, "re");
	cr_assert(f, "no %s: run from the top folder", path);
	n = fread(text, 1, (1 << 20) - 1, f);
	text[n] = '\0';
	return text;
}

static const struct {
	const char *name;
	int code;
	const char *required, *missing, *unknown, *optional, *startup;
} recorded[] = {
	{"5.10-fexit-nice-root.rec", 0, "SYS_NICE", "", "", "SYS_ADMIN", ""},
	{"5.10-fexit-nice-nobody.rec", 0, "", "SYS_NICE", "", "SETGID SETUID SYS_ADMIN", ""},
	{"5.10-ftrace-nice-nobody.rec", EXIT_INCOMPLETE, "", "", "SETGID SETUID SYS_NICE",
	 "SYS_ADMIN", ""},
	{"7.2-tracepoint-nice-root.rec", 0, "SYS_NICE", "", "", "SYS_ADMIN", ""},
	/* Root had no SYS_RESOURCE on that machine. */
	{"6.18-tracepoint-su.rec", 0, "SETGID SETUID NET_ADMIN AUDIT_WRITE", "SYS_RESOURCE", "",
	 "DAC_OVERRIDE DAC_READ_SEARCH SYS_ADMIN", "SETUID"},
	{"6.18-tracepoint-unshare.rec", 0, "", "", "", "SYS_ADMIN", ""},
};

Test(advise_recorded, each_has_its_classes)
{
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		const char *name = recorded[i].name;
		char *text = read_fixture(name);
		const char *texts[] = {text};
		struct advised a = advise(NULL, texts, 1);

		cr_assert_str_eq(names_of(&a, "required"), recorded[i].required, "%s", name);
		cr_assert_str_eq(names_of(&a, "missing"), recorded[i].missing, "%s", name);
		cr_assert_str_eq(names_of(&a, "unknown"), recorded[i].unknown, "%s", name);
		cr_assert_str_eq(names_of(&a, "optional"), recorded[i].optional, "%s", name);
		cr_assert_str_eq(names_of(&a, "startup"), recorded[i].startup, "%s", name);
		cr_assert_eq(a.code, recorded[i].code, "%s: code %d", name, a.code);
		advised_free(&a);
		free(text);
	}
}

Test(advise_recorded, of_different_kernels_together)
{
	char *root = read_fixture("5.10-fexit-nice-root.rec");
	char *nobody = read_fixture("5.10-fexit-nice-nobody.rec");
	char *seven = read_fixture("7.2-tracepoint-nice-root.rec");
	const char *texts[] = {root, nobody, seven};
	struct advised a = advise(NULL, texts, 3);

	cr_assert_str_eq(names_of(&a, "required"), "SYS_NICE");
	cr_assert_str_eq(names_of(&a, "missing"), "");
	cr_assert_str_eq(names_of(&a, "optional"), "SETGID SETUID SYS_ADMIN");
	cr_assert_eq(a.code, 0);
	cr_assert_eq(json_integer_value(json_object_get(row_of(&a, "SYS_NICE"), "processCount")),
		     3);
	advised_free(&a);
	free(root);
	free(nobody);
	free(seven);
}

/* Wherever a recording is cut, there is advice, and it is incomplete. */
Test(advise_recorded, a_cut_one, .timeout = 60)
{
	char *text = read_fixture("7.2-tracepoint-nice-root.rec");
	size_t header = strcspn(text, "\n") + 1, len = strlen(text);
	const char *texts[] = {text};

	for (size_t cut = len - 2; cut > header; cut -= MIN(cut - header, 97)) {
		struct advised a;

		text[cut] = '\0';
		a = advise(NULL, texts, 1);
		cr_assert_eq(a.code, EXIT_INCOMPLETE, "cut at %zu", cut);
		cr_assert(strstr(a.text, "is truncated: it has no closing line"), "cut at %zu",
			  cut);
		advised_free(&a);
	}
	free(text);
}
