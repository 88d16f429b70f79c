// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/precheck.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/syscall_groups.h"
#include "core/event/syscalls.h"

static enum call_need chmod_need(const char *syscall, const struct cap_outcome *o)
{
	if (!o || !o->has_args)
		return CALL_WORKS_WITHOUT;
	return o->args[strstr(syscall, "chmodat") ? 2 : 1] & S_ISGID ? CALL_LOSES_WITHOUT
								     : CALL_WORKS_WITHOUT;
}

/* SO_SNDBUFFORCE and SO_RCVBUFFORCE do what SO_SNDBUF and SO_RCVBUF do, but past a limit. */
static enum call_need setsockopt_need(const char *syscall, const struct cap_outcome *o)
{
	if (!o || !o->has_args || (int)o->args[1] != SOL_SOCKET)
		return CALL_FAILS_WITHOUT;
	if ((int)o->args[2] == SO_SNDBUFFORCE || (int)o->args[2] == SO_RCVBUFFORCE)
		return CALL_WORKS_WITHOUT;
	return CALL_FAILS_WITHOUT;
}

static enum call_need getxattr_need(const char *syscall, const struct cap_outcome *o)
{
	return o && o->has_ret && o->ret == -ENODATA ? CALL_WORKS_WITHOUT : CALL_FAILS_WITHOUT;
}

static const struct {
	int cap;
	const char *syscalls; /* NULL: any */
	enum precheck precheck;
	/* PRECHECK_CALL: what precheck_call_need() returns. */
	enum call_need (*need)(const char *syscall, const struct cap_outcome *o);
	/* PRECHECK_SILENT: what precheck_loss() returns. */
	const char *loss;
} prechecks[] = {
	/*
	 * __sys_setuid(), __sys_setgid(); the other calls up to 6.2 (659c0ce1cb9e compares first)
	 */
	{CAP_SETUID, CALLS_SETUID, .precheck = PRECHECK_IDS},
	{CAP_SETGID, CALLS_SETGID, .precheck = PRECHECK_IDS},
	/* cap_inh_is_capped() in cap_capset() */
	{CAP_SETPCAP, "capset", .precheck = PRECHECK_FREE},
	/* setattr_prepare() asks whatever the mode is; chown() and ACLs do not set a new mode */
	{CAP_FSETID, CALLS_CHMOD, .precheck = PRECHECK_CALL, .need = chmod_need},
	{CAP_FSETID, CALLS_CHOWN " " CALLS_SETXATTR, .precheck = PRECHECK_FREE},
	/* should_remove_suid(), mode_strip_sgid(): asked for files that have such bits */
	{CAP_FSETID, NULL, .precheck = PRECHECK_SILENT,
	 .loss = "without it set-ID bits are cleared; no call fails"},
	/* sk_setsockopt() */
	{CAP_NET_ADMIN, "setsockopt", .precheck = PRECHECK_CALL, .need = setsockopt_need},
	/* inet_diag_dump_icsk(), packet_diag_dump(): whether to report more */
	{CAP_NET_ADMIN, "recvmsg recvmmsg recvfrom", .precheck = PRECHECK_FREE},
	/* simple_xattr_list(), *_xattr_trusted_list(); xattr_permission() returns ENODATA */
	{CAP_SYS_ADMIN, CALLS_LISTXATTR, .precheck = PRECHECK_FREE},
	{CAP_SYS_ADMIN, CALLS_GETXATTR, .precheck = PRECHECK_CALL, .need = getxattr_need},
	/* may_open(): O_NOATIME */
	{CAP_FOWNER, CALLS_OPEN, .precheck = PRECHECK_TRIED},
	/* ep_take_care_of_epollwakeup() */
	{CAP_BLOCK_SUSPEND, "epoll_ctl", .precheck = PRECHECK_FREE},
	/* io_uring_create(): without it, locked memory is charged to the user */
	{CAP_IPC_LOCK, "io_uring_setup", .precheck = PRECHECK_FREE},
};

/* The index of the first row that applies; ARRAY_SIZE(prechecks) if there is none. */
static size_t find(int cap, const char *syscall)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(prechecks) &&
	       (prechecks[i].cap != cap || !syscall_among(prechecks[i].syscalls, syscall)))
		i++;
	return i;
}

enum precheck precheck_of(int cap, const char *syscall)
{
	size_t i = find(cap, syscall);

	return i < ARRAY_SIZE(prechecks) ? prechecks[i].precheck : PRECHECK_NONE;
}

static bool needs_outcome(enum precheck precheck)
{
	return precheck == PRECHECK_IDS || precheck == PRECHECK_CALL;
}

bool precheck_needs_outcome(int cap, const char *syscall)
{
	return needs_outcome(precheck_of(cap, syscall));
}

bool precheck_call_needs_outcome(const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(prechecks); i++)
		if (needs_outcome(prechecks[i].precheck) &&
		    syscall_among(prechecks[i].syscalls, syscall))
			return true;
	return false;
}

enum call_need precheck_call_need(int cap, const char *syscall, const struct cap_outcome *o)
{
	size_t i = syscall ? find(cap, syscall) : ARRAY_SIZE(prechecks);

	if (i == ARRAY_SIZE(prechecks) || !prechecks[i].need)
		return CALL_FAILS_WITHOUT;
	return prechecks[i].need(syscall, o);
}

const char *precheck_loss(int cap)
{
	for (size_t i = 0; i < ARRAY_SIZE(prechecks); i++)
		if (prechecks[i].cap == cap && prechecks[i].precheck == PRECHECK_SILENT)
			return prechecks[i].loss;
	return NULL;
}
