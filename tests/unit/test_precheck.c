// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/socket.h>

#include "core/event/event.h"
#include "core/event/precheck.h"
#include "core/event/syscalls.h"

Test(precheck, by_capability_and_call)
{
	cr_assert_eq(precheck_of(CAP_SETUID, "setresuid"), PRECHECK_IDS);
	cr_assert_eq(precheck_of(CAP_SETUID, "kill"), PRECHECK_NONE);
	cr_assert_eq(precheck_of(CAP_SETUID, NULL), PRECHECK_NONE);
	cr_assert_eq(precheck_of(CAP_FSETID, "fchmodat"), PRECHECK_CALL);
	cr_assert_eq(precheck_of(CAP_FSETID, "chown"), PRECHECK_FREE);
	/* A row for any call also applies if the call is unknown. */
	cr_assert_eq(precheck_of(CAP_FSETID, "write"), PRECHECK_SILENT);
	cr_assert_eq(precheck_of(CAP_FSETID, NULL), PRECHECK_SILENT);
	cr_assert(precheck_loss(CAP_FSETID));
	cr_assert_null(precheck_loss(CAP_SETUID));
	cr_assert(precheck_needs_outcome(CAP_SETGID, "setgid"));
	cr_assert(!precheck_needs_outcome(CAP_SETUID, "setgid"));
	cr_assert(precheck_call_needs_outcome("setgid"));
	cr_assert(precheck_call_needs_outcome("chmod"));
	cr_assert(!precheck_call_needs_outcome("chown"));
}

Test(precheck, outcome_decides)
{
	struct cap_outcome o = {.has_args = true, .args = {3, SOL_SOCKET, SO_RCVBUFFORCE}};

	cr_assert_eq(precheck_call_need(CAP_NET_ADMIN, "setsockopt", &o), CALL_WORKS_WITHOUT);
	o.args[2] = SO_MARK;
	cr_assert_eq(precheck_call_need(CAP_NET_ADMIN, "setsockopt", &o), CALL_FAILS_WITHOUT);
	o.args[1] = 02755;
	o.args[2] = 0755;
	cr_assert_eq(precheck_call_need(CAP_FSETID, "chmod", &o), CALL_LOSES_WITHOUT);
	cr_assert_eq(precheck_call_need(CAP_FSETID, "fchmodat", &o), CALL_WORKS_WITHOUT);
	o = (struct cap_outcome){.has_ret = true, .ret = -ENODATA};
	cr_assert_eq(precheck_call_need(CAP_SYS_ADMIN, "getxattr", &o), CALL_WORKS_WITHOUT);
	cr_assert_eq(precheck_call_need(CAP_SYS_ADMIN, "getxattr", NULL), CALL_FAILS_WITHOUT);
	/* For a check that is not a precheck, nothing is known. */
	cr_assert_eq(precheck_call_need(CAP_KILL, "kill", &o), CALL_FAILS_WITHOUT);
	cr_assert_eq(precheck_call_need(CAP_SYS_ADMIN, NULL, &o), CALL_FAILS_WITHOUT);
}

Test(syscalls, among_a_list)
{
	cr_assert(syscall_among("chmod fchmod", "chmod"));
	cr_assert(syscall_among("chmod fchmod", "fchmod"));
	cr_assert(!syscall_among("fchmod fchmodat", "chmod"));
	cr_assert(!syscall_among("fchmodat", "fchmod"));
	cr_assert(!syscall_among("chmod", NULL));
	cr_assert(!syscall_among("chmod", ""));
	cr_assert(syscall_among(NULL, "chmod"));
	cr_assert(syscall_among(NULL, NULL));
}
