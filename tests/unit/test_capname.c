// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/event/capname.h"

Test(capname, known_names)
{
	char buf[CAPNAME_MAX];

	cr_assert_str_eq(capname_of(0, buf, sizeof(buf)), "CHOWN");
	cr_assert_str_eq(capname_of(23, buf, sizeof(buf)), "SYS_NICE");
	cr_assert_str_eq(capname_of(40, buf, sizeof(buf)), "CHECKPOINT_RESTORE");
	cr_assert_str_eq(capname_lower(17, buf, sizeof(buf)), "sys_rawio");
}

Test(capname, numbers_past_libcaps_names)
{
	char buf[CAPNAME_MAX];

	cr_assert_str_eq(capname_of(63, buf, sizeof(buf)), "CAP_63");
	cr_assert_str_eq(capname_lower(63, buf, sizeof(buf)), "cap_63");
	cr_assert_str_eq(capname_of(64, buf, sizeof(buf)), "CAP_64");
	cr_assert_str_eq(capname_of(-1, buf, sizeof(buf)), "CAP_-1");
	cr_assert_str_eq(capname_of(INT32_MAX, buf, sizeof(buf)), "CAP_2147483647");
	cr_assert_str_eq(capname_lower(INT32_MIN, buf, sizeof(buf)), "cap_-2147483648");
}

Test(capname, all_of_libcaps_and_back)
{
	for (int cap = 0; cap < 64; cap++) {
		char *libcap = cap_to_name(cap), buf[CAPNAME_MAX], prefixed[CAPNAME_MAX + 4];
		const char *name = capname_of(cap, buf, sizeof(buf));

		if (!strncmp(libcap, "cap_", 4))
			cr_assert_str_eq(capname_lower(cap, buf, sizeof(buf)), libcap + 4);
		for (const char *p = name; *p; p++)
			cr_assert(isupper(*p) || isdigit(*p) || *p == '_');
		cr_assert_eq(capname_parse(name), cap, "%s", name);
		cr_assert_eq(capname_parse(libcap), cap, "%s", libcap);
		snprintf(prefixed, sizeof(prefixed), "Cap_%s", name);
		if (strncmp(name, "CAP_", 4) != 0)
			cr_assert_eq(capname_parse(prefixed), cap, "%s", prefixed);
		cap_free(libcap);
	}
}

Test(capname, numbers)
{
	cr_assert_eq(capname_parse("23"), 23);
	cr_assert_eq(capname_parse("0"), 0);
	cr_assert_eq(capname_parse("CAP_62"), 62);
	cr_assert_eq(capname_parse("63"), 63);
}

Test(capname, invalid_names)
{
	static const char *const wrong[] = {
		"",   "cap_", "SYS_NICEE", "SYS_NIC", "SYS NICE",   "64",
		"-1", "1x",   " 23",       "23 ",     "cap_cap_62", "18446744073709551639",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(capname_parse(wrong[i]), -EINVAL, "'%s'", wrong[i]);
}

Test(capname, unknown_names_get_a_suggestion)
{
	struct err e = {0};

	cr_assert_eq(capname_unknown("cap_sys_nicee", &e), -EINVAL);
	cr_assert_str_eq(e.msg, "unknown capability 'cap_sys_nicee' (did you mean SYS_NICE? names "
				"are libcap's, as in SYS_ADMIN)");
	capname_unknown("64", &e);
	cr_assert(strstr(e.msg, "numbers 0 to 63"), "%s", e.msg);
	capname_unknown("xyzzy_plugh", &e);
	cr_assert_null(strstr(e.msg, "did you mean"), "%s", e.msg);
}

Test(nearest, near_and_far)
{
	struct nearest n;
	char buf[64];

	nearest_init(&n, "verdcit", 7);
	nearest_offer(&n, "cap");
	nearest_offer(&n, "verdict");
	nearest_offer(&n, "verdicts_and_more");
	cr_assert_str_eq(n.best, "verdict");
	cr_assert_str_eq(nearest_hint(&n, buf, sizeof(buf)), " (did you mean verdict?)");

	nearest_init(&n, "zzz", 3);
	nearest_offer(&n, "pid");
	cr_assert_null(n.best);
	cr_assert_str_empty(nearest_hint(&n, buf, sizeof(buf)));

	nearest_init(&n, "", 0);
	nearest_offer(&n, "a");
	cr_assert_null(n.best);
}

Test(nearest, long_names_are_not_compared)
{
	char longname[100];
	struct nearest n;

	memset(longname, 'a', sizeof(longname) - 1);
	longname[sizeof(longname) - 1] = '\0';
	nearest_init(&n, longname, strlen(longname));
	nearest_offer(&n, longname);
	cr_assert_null(n.best);
}
