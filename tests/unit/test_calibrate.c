// SPDX-License-Identifier: GPL-2.0-or-later
/* The conclusions of calibration, and its child process, which needs no privilege. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>

#include "compat/calibrate/calibrate.h"

static void see(struct calibration *cal, enum calib_step step, int cap, uint32_t opts)
{
	struct calib_seen seen[] = {{CAP_CHOWN, 77}, {cap, opts}};

	calibration_judge(cal, step, 0, seen, 2);
}

Test(calibrate, option_bits)
{
	struct calibration cal = {0};

	see(&cal, CALIB_AUDITED, CAP_SETPCAP, 0);
	see(&cal, CALIB_UNAUDITED, CAP_SYS_ADMIN, 2);
	cr_assert_eq(cal.form, OPTS_BITS);
	cr_assert(cal.audited_seen && cal.unaudited_seen && !cal.conflict);
}

Test(calibrate, audit_flag)
{
	struct calibration cal = {0};

	see(&cal, CALIB_AUDITED, CAP_SETPCAP, 1);
	see(&cal, CALIB_UNAUDITED, CAP_SYS_ADMIN, 0);
	cr_assert_eq(cal.form, OPTS_AUDIT);
}

/* Bits that were only proposed so far must not affect the known ones. */
Test(calibrate, unknown_bits_are_tolerated)
{
	struct calibration cal = {0};

	see(&cal, CALIB_AUDITED, CAP_SETPCAP, 0x10);
	see(&cal, CALIB_UNAUDITED, CAP_SYS_PTRACE, 0x12);
	cr_assert_eq(cal.form, OPTS_BITS);
}

Test(calibrate, one_step_decides)
{
	struct calibration cal = {0};

	calibration_judge(&cal, CALIB_AUDITED, -EOPNOTSUPP, NULL, 0);
	cr_assert_eq(cal.form, OPTS_UNKNOWN);
	see(&cal, CALIB_UNAUDITED, CAP_SYS_ADMIN, 2);
	cr_assert_eq(cal.form, OPTS_BITS);
}

Test(calibrate, contradiction_is_unknown)
{
	struct calibration cal = {0};

	see(&cal, CALIB_AUDITED, CAP_SETPCAP, 1);
	see(&cal, CALIB_UNAUDITED, CAP_SYS_ADMIN, 2);
	cr_assert_eq(cal.form, OPTS_UNKNOWN);
	cr_assert(cal.conflict);
}

Test(calibrate, inlined_callers)
{
	struct calibration cal = {0};

	see(&cal, CALIB_CAPSET, CAP_SETPCAP, 0);
	calibration_judge(&cal, CALIB_SECUREBITS, 0, NULL, 0);
	calibration_judge(&cal, CALIB_MMAP0, -EOPNOTSUPP, NULL, 0);
	see(&cal, CALIB_OVERCOMMIT, CAP_CHOWN, 0);
	cr_assert_eq(cal.inlined, CALLER_PRCTL | CALLER_OVERCOMMIT);
	cr_assert_eq(cal.unknown, CALLER_MMAP_ADDR);
}

Test(calibrate, child)
{
	struct calibrator *c;
	struct calibration facts = {0};

	cr_assert_eq(calibrator_start(&c, NULL), 0);
	cr_assert_gt(calibrator_pid(c), 0);
	cr_assert_eq(calibrator_step(c, CALIB_AUDITED), 0);
	cr_assert_eq(calibrator_step(c, CALIB_UNAUDITED), 0);
	cr_assert_eq(calibrator_step(c, CALIB_OVERCOMMIT), 0);
	calibration_facts(&facts, c);
	cr_assert(facts.securebits_mask == 0xff || facts.securebits_mask == 0xfff);
	calibrator_free(c);
}
