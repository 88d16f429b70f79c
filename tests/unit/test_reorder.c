// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "core/base/reorder.h"

struct taken {
	char text[4096];
};

static void take(void *arg, const void *data, size_t size)
{
	struct taken *t = arg;

	strncat(t->text, data, size);
}

static void push(struct reorder *r, uint64_t time, const char *text)
{
	cr_assert_eq(reorder_push(r, time, text, strlen(text) + 1), 0);
}

Test(reorder, by_time_up_to_a_limit)
{
	struct reorder *r = reorder_new();
	struct taken t = {""};

	push(r, 30, "c");
	push(r, 10, "a");
	push(r, 40, "late");
	push(r, 20, "b");
	cr_assert_eq(reorder_flush(r, 30, take, &t), 3);
	cr_assert_str_eq(t.text, "abc");
	push(r, 35, "d");
	cr_assert_eq(reorder_flush(r, UINT64_MAX, take, &t), 2);
	cr_assert_str_eq(t.text, "abcdlate");
	cr_assert_eq(reorder_flush(r, UINT64_MAX, take, &t), 0);
	reorder_free(r);
}

Test(reorder, newest_of_all_pushed)
{
	struct reorder *r = reorder_new();
	struct taken t = {""};

	cr_assert_eq(reorder_newest(r), 0);
	push(r, 30, "c");
	push(r, 10, "a");
	cr_assert_eq(reorder_newest(r), 30);
	reorder_flush(r, 10, take, &t);
	push(r, 20, "b");
	reorder_flush(r, UINT64_MAX, take, &t);
	cr_assert_eq(reorder_newest(r), 30);
	cr_assert_str_eq(t.text, "abc");
	reorder_free(r);
}

Test(reorder, equal_times_keep_their_order)
{
	struct reorder *r = reorder_new();
	struct taken t = {""};

	for (int i = 0; i < 26; i++)
		push(r, 7, (char[]){(char)('a' + i), 0});
	reorder_flush(r, 7, take, &t);
	cr_assert_str_eq(t.text, "abcdefghijklmnopqrstuvwxyz");
	reorder_free(r);
}

Test(reorder, many_batches)
{
	struct reorder *r = reorder_new();
	size_t n = 0;

	for (uint64_t batch = 0; batch < 50; batch++) {
		struct taken t = {""};

		for (uint64_t i = 0; i < 100; i++)
			push(r, batch * 100 + (i * 37) % 150, "x");
		n += reorder_flush(r, batch * 100 + 99, take, &t);
		cr_assert_leq(strlen(t.text), 150);
	}
	struct taken rest = {""};

	n += reorder_flush(r, UINT64_MAX, take, &rest);
	cr_assert_eq(n, 5000);
	reorder_free(r);
}
