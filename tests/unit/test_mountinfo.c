// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/base/mountinfo.h"

static bool parse(const char *text, struct mount *mount)
{
	static char line[256];

	snprintf(line, sizeof(line), "%s", text);
	return mountinfo_parse(line, mount);
}

Test(mountinfo, optional_fields_are_skipped)
{
	struct mount m;

	cr_assert(parse("36 35 98:0 /a /mnt rw,noatime master:1 shared:2 - ext3 /dev/root rw,x\n",
			&m));
	cr_expect_str_eq(m.root, "/a");
	cr_expect_str_eq(m.point, "/mnt");
	cr_expect_str_eq(m.type, "ext3");
	cr_expect_str_eq(m.options, "rw,x");
	cr_assert(parse("36 35 0:5 / /sys/kernel/tracing rw - tracefs nodev rw", &m));
	cr_expect_str_eq(m.root, "/");
	cr_expect_str_eq(m.point, "/sys/kernel/tracing");
	cr_expect_str_eq(m.type, "tracefs");
}

Test(mountinfo, escapes_are_decoded)
{
	struct mount m;

	cr_assert(parse("36 35 98:0 / /a\\040b\\134c\\04 rw - tmpfs none rw", &m));
	cr_expect_str_eq(m.point, "/a b\\c\\04");
}

Test(mountinfo, the_source_may_be_empty)
{
	struct mount m;

	cr_assert(parse("36 35 0:5 / /sys/kernel/tracing rw - tracefs  rw,x\n", &m));
	cr_expect_str_eq(m.type, "tracefs");
	cr_expect_str_eq(m.options, "rw,x");
}

Test(mountinfo, malformed_lines_are_refused)
{
	struct mount m;

	cr_expect_not(parse("", &m));
	cr_expect_not(parse("36 35 98:0 / /mnt rw", &m));
	cr_expect_not(parse("36 35 98:0 - ext3 /dev/root rw", &m));
	cr_expect_not(parse("36 35 98:0 / /mnt rw - ext3", &m));
}

Test(mountinfo, a_missing_file_has_no_mounts)
{
	struct mountinfo info;
	struct mount m;

	mountinfo_open(&info, "/nowhere");
	cr_expect_not(mountinfo_next(&info, &m));
	mountinfo_close(&info);
	mountinfo_open(&info, "");
	cr_expect(mountinfo_next(&info, &m));
	mountinfo_close(&info);
}
