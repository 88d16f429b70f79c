// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "core/base/parse.h"
#include "core/base/utf8.h"

Test(parse, numbers)
{
	uint64_t v;

	cr_assert_eq(parse_u64("0", UINT64_MAX, &v), 0);
	cr_assert_eq(v, 0);
	cr_assert_eq(parse_u64("18446744073709551615", UINT64_MAX, &v), 0);
	cr_assert_eq(v, UINT64_MAX);
	cr_assert_eq(parse_u64("0xFFFFffffffffffff", UINT64_MAX, &v), 0);
	cr_assert_eq(v, UINT64_MAX);
	cr_assert_eq(parse_u64("007", 7, &v), 0);
	cr_assert_eq(v, 7);
	cr_assert_eq(parse_u64("18446744073709551616", UINT64_MAX, &v), -ERANGE);
	cr_assert_eq(parse_u64("0x10000000000000000", UINT64_MAX, &v), -ERANGE);
	cr_assert_eq(parse_u64("8", 7, &v), -ERANGE);
	cr_assert_eq(parse_u64("99999999999999999999999", 3, &v), -ERANGE);
}

Test(parse, invalid_numbers)
{
	static const char *const wrong[] = {"",    "x",   "0x",  "0xg",  "-1", "+1",  " 1", "1 ",
					    "1.0", "1e3", "12a", "0x1 ", "١",  "1,2", "--1"};
	uint64_t v;
	int64_t i;

	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		cr_assert_eq(parse_u64(wrong[n], UINT64_MAX, &v), -EINVAL, "'%s'", wrong[n]);
		if (strcmp(wrong[n], "-1") != 0)
			cr_assert_eq(parse_s64(wrong[n], &i), -EINVAL, "'%s'", wrong[n]);
	}
	/* Garbage after a number that is out of range is reported as garbage. */
	cr_assert_eq(parse_u64("99999999999999999999x", UINT64_MAX, &v), -EINVAL);
}

Test(parse, signed_numbers)
{
	int64_t v;

	cr_assert_eq(parse_s64("-12", &v), 0);
	cr_assert_eq(v, -12);
	cr_assert_eq(parse_s64("9223372036854775807", &v), 0);
	cr_assert_eq(v, INT64_MAX);
	cr_assert_eq(parse_s64("9223372036854775808", &v), -ERANGE);
}

Test(parse, seconds)
{
	const uint64_t max = UINT64_C(1000) * 1000000000;
	uint64_t ns;

	cr_assert_eq(parse_seconds("1", max, &ns), 0);
	cr_assert_eq(ns, 1000000000);
	cr_assert_eq(parse_seconds("0.5", max, &ns), 0);
	cr_assert_eq(ns, 500000000);
	cr_assert_eq(parse_seconds(".25", max, &ns), 0);
	cr_assert_eq(ns, 250000000);
	cr_assert_eq(parse_seconds("1.0000000019", max, &ns), 0);
	cr_assert_eq(ns, 1000000001);
	cr_assert_eq(parse_seconds("1000", max, &ns), 0);
	cr_assert_eq(parse_seconds("1000.1", max, &ns), -ERANGE);
	cr_assert_eq(parse_seconds("99999999999999999999", max, &ns), -ERANGE);
	cr_assert_eq(parse_seconds("1.", max, &ns), -EINVAL);
	cr_assert_eq(parse_seconds("", max, &ns), -EINVAL);
	cr_assert_eq(parse_seconds("1s", max, &ns), -EINVAL);
	cr_assert_eq(parse_seconds("-1", max, &ns), -EINVAL);
	cr_assert_eq(parse_seconds("inf", max, &ns), -EINVAL);
}

Test(parse, sizes)
{
	uint64_t v;

	cr_assert_eq(parse_size("512", UINT64_MAX, &v), 0);
	cr_assert_eq(v, 512);
	cr_assert_eq(parse_size("8m", UINT64_MAX, &v), 0);
	cr_assert_eq(v, 8 << 20);
	cr_assert_eq(parse_size("2G", UINT64_C(1) << 31, &v), 0);
	cr_assert_eq(parse_size("3G", UINT64_C(1) << 31, &v), -ERANGE);
	cr_assert_eq(parse_size("18446744073709551615K", UINT64_MAX, &v), -ERANGE);
	cr_assert_eq(parse_size("K", UINT64_MAX, &v), -EINVAL);
	cr_assert_eq(parse_size("1KB", UINT64_MAX, &v), -EINVAL);
	cr_assert_eq(parse_size("1T", UINT64_MAX, &v), -EINVAL);
}

Test(parse, times)
{
	uint64_t ns;

	cr_assert_eq(parse_time("2023-02-22T17:46:08.732237745Z", &ns), 0);
	cr_assert_eq(ns, UINT64_C(1677087968732237745));
	cr_assert_eq(parse_time("2023-02-22T18:46:08.732237745+01:00", &ns), 0);
	cr_assert_eq(ns, UINT64_C(1677087968732237745));
	cr_assert_eq(parse_time("1970-01-01T00:00:00Z", &ns), 0);
	cr_assert_eq(ns, 0);
	cr_assert_eq(parse_time("1970-01-01T00:00:00+01:00", &ns), -ERANGE);
	cr_assert_eq(parse_time("2023-02-22T17:46:08", &ns), -EINVAL);
	cr_assert_eq(parse_time("2023-02-22T17:46:08Zx", &ns), -EINVAL);
	cr_assert_eq(parse_time("2023-02-22T17:46:08+0100", &ns), -EINVAL);
	cr_assert_eq(parse_time("2023-02-22T17:46:08+25:00", &ns), -EINVAL);
	cr_assert_eq(parse_time("2023-02-22T17:46:08.Z", &ns), -EINVAL);
	cr_assert_eq(parse_time("2023-02-22", &ns), -EINVAL);
	cr_assert_eq(parse_time("9999-02-22T17:46:08Z", &ns), -ERANGE);
}

Test(parse, items)
{
	const char *list = "a,,b", *item;
	size_t len;

	cr_assert_eq(parse_item(&list, &item, &len), 1);
	cr_assert(len == 1 && *item == 'a');
	cr_assert_eq(parse_item(&list, &item, &len), -EINVAL);
	cr_assert_eq(parse_item(&list, &item, &len), 1);
	cr_assert(len == 1 && *item == 'b');
	cr_assert_eq(parse_item(&list, &item, &len), 0);

	list = "a,";
	cr_assert_eq(parse_item(&list, &item, &len), 1);
	cr_assert_eq(parse_item(&list, &item, &len), -EINVAL);
	list = "";
	cr_assert_eq(parse_item(&list, &item, &len), -EINVAL);
}

Test(utf8, valid)
{
	static const struct {
		const char *s;
		uint32_t cp;
	} good[] = {
		{"a", 'a'},
		{"\x7f", 0x7f},
		{"\xc2\x80", 0x80},
		{"\xdf\xbf", 0x7ff},
		{"\xe0\xa0\x80", 0x800},
		{"\xed\x9f\xbf", 0xd7ff},
		{"\xee\x80\x80", 0xe000},
		{"\xef\xbf\xbf", 0xffff},
		{"\xf0\x90\x80\x80", 0x10000},
		{"\xf4\x8f\xbf\xbf", 0x10ffff},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint32_t cp;

		cr_assert_eq(utf8_decode(good[i].s, strlen(good[i].s), &cp), strlen(good[i].s));
		cr_assert_eq(cp, good[i].cp);
	}
}

/* The examples of Unicode 15, tables 3-8 to 3-11, as lengths of maximal subparts. */
Test(utf8, maximal_subparts)
{
	static const struct {
		const char *s;
		size_t parts;
	} bad[] = {
		{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82", 8},
		{"\xed\xa0\x80\xed\xbf\xbf\xed\xaf", 8},
		{"\xf4\x91\x92\x93\xff\x80\xbf", 7},
		{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf", 4},
		{"\xe0\xa0", 1},
		{"\x80", 1},
		{"\xf8\x88\x80\x80\x80", 5},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i].s), at = 0, parts = 0;

		for (; at < len; parts++) {
			uint32_t cp;

			at += utf8_decode(bad[i].s + at, len - at, &cp);
			cr_assert_eq(cp, UTF8_INVALID);
		}
		cr_assert_eq(at, len);
		cr_assert_eq(parts, bad[i].parts, "row %zu: %zu", i, parts);
	}
}

Test(utf8, unsafe)
{
	static const uint32_t unsafe[] = {0,      0x1b,   0x7f,   0x9b,   0xad,   0x200b,
					  0x202e, 0x2028, 0x2066, 0xfeff, 0xfffe, 0x1ffff};
	static const uint32_t safe[] = {' ', '~', 0xa0, 0xe9, 0x301, 0x4e2d, 0xfffd, 0x1f600};

	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		cr_assert(utf8_unsafe(unsafe[i]), "%x", unsafe[i]);
	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
		cr_assert_not(utf8_unsafe(safe[i]), "%x", safe[i]);
}
