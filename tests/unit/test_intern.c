// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/base/intern.h"

Test(intern, one_copy_of_each)
{
	struct intern *in = intern_new();
	const char *kept[1000];
	char text[32];

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1000; i++) {
			snprintf(text, sizeof(text), "s%d", i);
			if (!round)
				kept[i] = intern_string(in, text);
			cr_assert_str_eq(kept[i], text);
			cr_assert_eq(kept[i], intern_string(in, text));
			cr_assert_eq(intern_number(in, text), i);
		}
	cr_assert_eq(intern_number(in, ""), 1000);
	intern_free(in);
	intern_free(NULL);
}
