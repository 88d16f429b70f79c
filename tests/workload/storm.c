// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that make two checks and are gone at once. The parent speaks for them: they do nothing
 * else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

unsigned int storm_size = 100;

enum { AT_ONCE = 8 };

static void say(pid_t pid, unsigned int n)
{
	char name[16];
	struct cgroup_owner who = {.pid = pid, .tid = pid, .comm = "storm", .task = name};

	snprintf(name, sizeof(name), "%05u", n);
	expect(.syscall = "sethostname", .cap = CAP_SYS_ADMIN, .who = &who);
	expect(.syscall = "chroot", .cap = CAP_SYS_CHROOT, .who = &who);
}

void topic_storm(void)
{
	unsigned int n;
	pid_t pid;

	for (n = 0; n < storm_size; n++) {
		pid = must(fork());
		if (!pid) {
			syscall(SYS_sethostname, NULL, -1);
			syscall(SYS_chroot, "/");
			_exit(0);
		}
		say(pid, n);
		if (n >= AT_ONCE)
			must(waitpid(-1, NULL, 0));
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}
