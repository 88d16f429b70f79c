// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/scrub.h"

static void expect(const struct scrub *s, const char *line, const char *want)
{
	char *got = scrub_line(s, line);

	cr_assert_str_eq(got, want, "%s: %s", line, got);
	free(got);
}

/* Checks that a token replaces @address. */
static void expect_gone(const struct scrub *s, const char *line, const char *address)
{
	char *got = scrub_line(s, line);

	cr_assert_null(strcasestr(got, address), "%s", got);
	cr_assert(strchr(got, 'P'), "%s", got);
	free(got);
}

Test(scrub, addresses_go)
{
	struct scrub s;

	cr_assert_eq(scrub_init(&s, SCRUB_GAP, NULL), 0);
	expect_gone(&s, "w0=@0xffffffff82a14040:u64", "82a14");
	expect_gone(&s, "ffff888003c0a000", "ffff888003");
	expect_gone(&s, "FFFF888003C0A000", "888003");
	expect_gone(&s, "\tffffffffc0123456t", "c0123");
	expect_gone(&s, "bffff888003c0a000", "888003c0a");
	expect_gone(&s, "0x00ffff888003c0a000", "888003c0a");
	expect_gone(&s, "ffff888003c0a000ffff888003c0b000", "888003c0");
	expect_gone(&s, "at 18446612682134495232,", "18446612682134495232");
	expect_gone(&s, "at -131391575056384,", "131391575056384");
	expect_gone(&s, "+8(@0xffff888003c0a2c0):u64 w1=+16(@0xffff888003c0a2c0)", "888003");
}

Test(scrub, all_else_stays)
{
	static const char *const lines[] = {
		"",
		"cap=%dx:s32 w0=+8(%di):u64 sp=$stack @0x10",
		"0xffffffff00000000 0xffffffff 0xffffffffffffffff 0xffffffffffffffda",
		"0x530202165302020d 0x3fffffffff 0x00007f5f1420e990",
		"4.19.0-20261126 2026-11-26 -131072 18446744073709551615",
		"3f1c0a9d8e7b6c5a4f3e2d1c0b9a887766554433221100ffeeddccbbaa998877",
		"error -22 deadbeef c0123456 0xc0123456",
	};
	struct scrub s;

	cr_assert_eq(scrub_init(&s, SCRUB_GAP, NULL), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect(&s, lines[i], lines[i]);
}

Test(scrub, equal_ones_stay_equal)
{
	struct scrub s, t;
	char *a, *b;

	cr_assert_eq(scrub_init(&s, SCRUB_GAP, NULL), 0);
	cr_assert_eq(scrub_init(&t, SCRUB_GAP, NULL), 0);
	a = scrub_line(&s, "ffff888003c0a123 0xffff888003c0a123 ffff888003c0afff ffff888003c0b123");
	/* "P%08x_%03x" has 13 characters. */
	cr_assert_eq(strlen(a), 4 * 14 - 1, "%s", a);
	cr_assert_eq(memcmp(a, a + 14, 13), 0, "%s", a);
	cr_assert_eq(memcmp(a, a + 28, 10), 0, "another offset in the page: %s", a);
	cr_assert_eq(memcmp(a + 10, "123", 3), 0, "%s", a);
	cr_assert_eq(memcmp(a + 38, "fff", 3), 0, "%s", a);
	cr_assert_neq(memcmp(a, a + 42, 10), 0, "another page: %s", a);
	b = scrub_line(&t, "ffff888003c0a123");
	cr_assert_neq(memcmp(a, b, 10), 0, "another bundle: %s %s", a, b);
	free(a);
	free(b);
}

Test(scrub, machines_of_32_bits)
{
	struct scrub s;

	cr_assert_eq(scrub_init(&s, SCRUB_NARROW, NULL), 0);
	expect_gone(&s, "@0x80123456", "80123");
	expect_gone(&s, "c0123456", "c0123");
	expect_gone(&s, "[<c0123456>]", "c0123");
	expect(&s, "20261126 65536000 0x10 0xffffffea 0xffffffff 0x12345678 c01234567 xc0123456",
	       "20261126 65536000 0x10 0xffffffea 0xffffffff 0x12345678 c01234567 xc0123456");
}

Test(scrub, machines_with_tags_or_modules_at_the_top)
{
	struct scrub s;

	cr_assert_eq(scrub_init(&s, 0, NULL), 0);
	expect_gone(&s, "0xf4ff000012345678", "12345");
	expect_gone(&s, "0xffff800010080000", "10080");
	cr_assert_eq(scrub_init(&s, 0, NULL), 0);
	expect_gone(&s, "0xffffffff01234000", "01234");
}

/* Whatever surrounds it. */
Test(scrub, none_survives)
{
	struct scrub s;
	char line[128], digits[17];

	cr_assert_eq(scrub_init(&s, SCRUB_GAP, NULL), 0);
	srand(1);
	for (int i = 0; i < 20000; i++) {
		uint64_t v = UINT64_C(0xffff800000000000) | (uint64_t)rand() << 16 |
			     (uint64_t)rand() >> 3;
		char *got;

		if (!scrub_is_address(&s, v))
			continue;
		snprintf(digits, sizeof(digits), "%016" PRIx64, v);
		snprintf(line, sizeof(line), "%.*s%s%.*s", rand() % 5, "a0x;\t", digits, rand() % 5,
			 "0f;x ");
		got = scrub_line(&s, line);
		cr_assert_null(strstr(got, digits + 4), "%s: %s", line, got);
		free(got);
	}
}
