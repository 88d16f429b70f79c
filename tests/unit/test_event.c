// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/helper.h"

Test(event, every_field_has_a_name_of_its_own)
{
	for (int a = 0; a < CAP_FIELD_COUNT; a++) {
		cr_assert_not_null(event_field_name(a), "field %d", a);
		for (int b = 0; b < a; b++)
			cr_assert_str_neq(event_field_name(a), event_field_name(b));
	}
}

Test(event, there_is_no_name_past_the_last_field)
{
	cr_assert_null(event_field_name(CAP_FIELD_COUNT));
	cr_assert_null(event_field_name((enum cap_field) - 1));
}

Test(event, has_asks_for_all_bits)
{
	struct cap_event ev = {.have = FIELD(PID) | FIELD(CAP)};

	cr_assert(event_has(&ev, FIELD(PID)));
	cr_assert(event_has(&ev, FIELD(PID) | FIELD(CAP)));
	cr_assert(event_has(&ev, 0));
	cr_assert_not(event_has(&ev, FIELD(PID) | FIELD(TID)));
	cr_assert_not(event_has(&ev, FIELD(TID)));
}

Test(event, identity_is_not_a_backends)
{
	cr_assert_eq(FIELDS_BACKEND & FIELD(RUNTIME), 0);
	cr_assert_eq(FIELDS_BACKEND & FIELD(UNIT), 0);
	cr_assert_neq(FIELDS_BACKEND & FIELD(KSTACK), 0);
	cr_assert_neq(FIELDS_BACKEND & FIELD(TIMESTAMP), 0);
}
