// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workload once CALL[,CALL]... [FILE]: system calls that check a capability before they know
 * whether it is needed; the CALLs with -vain do not need it. For tests of advice; writes no
 * expectations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "expect.h"
#include "topics.h"

/* On i386 and arm the numbers of these names are those of the calls with 16-bit ids. */
#ifdef SYS_setuid32
#undef SYS_setuid
#undef SYS_setgid
#undef SYS_setresuid
#undef SYS_setgroups
#define SYS_setuid    SYS_setuid32
#define SYS_setgid    SYS_setgid32
#define SYS_setresuid SYS_setresuid32
#define SYS_setgroups SYS_setgroups32
#endif

static long set_option(int option)
{
	int on = 4096, fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* i386's C library still goes through socketcall(), whose arguments are in memory. */
	return syscall(SYS_setsockopt, fd, SOL_SOCKET, option, &on, sizeof(on));
}

static long call(const char *name, const char *file)
{
	char value[8];

	if (!strcmp(name, "setuid-vain"))
		return syscall(SYS_setuid, getuid());
	if (!strcmp(name, "setgid-vain"))
		return syscall(SYS_setgid, getgid());
	if (!strcmp(name, "setresuid-vain"))
		return syscall(SYS_setresuid, getuid(), getuid(), -1);
	if (!strcmp(name, "setuid"))
		return syscall(SYS_setuid, NOBODY);
	if (!strcmp(name, "setgid"))
		return syscall(SYS_setgid, NOBODY);
	if (!strcmp(name, "setgroups"))
		return syscall(SYS_setgroups, 0, NULL);
	if (!strcmp(name, "chmod-vain"))
		return chmod(file, 0644);
	if (!strcmp(name, "chmod"))
		return chmod(file, 02755);
	if (!strcmp(name, "sockopt-vain"))
		return set_option(SO_RCVBUFFORCE);
	if (!strcmp(name, "sockopt"))
		return set_option(SO_DEBUG);
	if (!strcmp(name, "setxattr"))
		return setxattr(file, "trusted.there", "1", 1, 0);
	if (!strcmp(name, "getxattr"))
		return getxattr(file, "trusted.there", value, sizeof(value));
	if (!strcmp(name, "getxattr-vain"))
		return getxattr(file, "trusted.missing", value, sizeof(value)) < 0 ? 0 : -1;
	errno = ENOSYS;
	return -1;
}

int run_once(char *calls, const char *file)
{
	char *name, *rest;

	for (name = strtok_r(calls, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		if (call(name, file) < 0) {
			perror(name);
			return 1;
		}
	return 0;
}
