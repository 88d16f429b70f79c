// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/pidns.h"

Test(pidns, own)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	cr_assert_eq(pidns_of(pid), pidns_of("self"));
	cr_assert_eq(pidns_own(), pidns_of("self"));
	cr_assert_eq(pidns_is_child(), pidns_own() != PIDNS_INIT_INO);
}

Test(pidns, lives)
{
	cr_assert(pidns_lives(pidns_own()));
	cr_assert_not(pidns_lives(1));
}

Test(pidns, of_nobody)
{
	cr_assert_eq(pidns_of("0"), 0);
}
