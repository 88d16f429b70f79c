// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks that are marked as being for setting ids (CAP_OPT_INSETID; since 5.1 for uids, 5.9 for
 * gids: kernel commits 40852275a94a and 111767c1d86b).
 */
#include "expect.h"
#include "topics.h"

static void uid(void)
{
	must(ASK_SETID(CAP_SETUID, setuid, 14));
	/* Checked again and refused: setuid() checks before it looks at the caller's own ids. */
	must_fail(EPERM, ASK_SETID(CAP_SETUID, setuid, 0));
}

static void reuid(void)
{
	/* One check for each id. */
	expect(.syscall = "setreuid", .cap = CAP_SETUID, .insetid = true, .repeat = true);
	must(syscall(SYS_setreuid, 15, 16));
}

static void resuid(void)
{
	must(ASK_SETID(CAP_SETUID, setresuid, 17, 18, 19));
	must_fail(EPERM, ASK_SETID(CAP_SETUID, setresuid, 0, 0, 0));
}

static void fsuid(void)
{
	ASK_SETID(CAP_SETUID, setfsuid, 20);
	ASK_SETID(CAP_SETGID, setfsgid, 20);
}

static void gids(void)
{
	static const uint32_t list[] = {21, 22};
	static const uint16_t list16[] = {21, 22};

	/* On i386 and arm this number is that of the call with 16-bit ids. */
#ifdef SYS_setgroups32
	must(ASK_SETID(CAP_SETGID, setgroups, 2, list16));
	must(ASK_SETID(CAP_SETGID, setgroups32, 2, list));
#else
	(void)list16;
	must(ASK_SETID(CAP_SETGID, setgroups, 2, list));
#endif
	must(ASK_SETID(CAP_SETGID, setgid, 23));
	expect(.syscall = "setregid", .cap = CAP_SETGID, .insetid = true, .repeat = true);
	must(syscall(SYS_setregid, 24, 25));
	must(ASK_SETID(CAP_SETGID, setresgid, 26, 27, 28));
}

void topic_setid(void)
{
	in_child("uid", uid);
	in_child("reuid", reuid);
	in_child("resuid", resuid);
	in_child("fsuid", fsuid);
	in_child("gids", gids);
#ifdef SYS_setuid32
	must(ASK_SETID(CAP_SETGID, setgid32, 29));
	must(ASK_SETID(CAP_SETUID, setuid32, 29));
#endif
}
