// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that only make two checks and exit at once. The parent writes their expectations,
 * because they do nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "expect.h"
#include "topics.h"

unsigned int storm_size = 100;

enum { AT_ONCE = 8 };

static void expect_child(pid_t pid, unsigned int n)
{
	char name[16];
	struct other_task other = {.pid = pid, .tid = pid, .comm = "storm", .task = name};

	snprintf(name, sizeof(name), "%05u", n);
	expect(.syscall = "sethostname", .cap = CAP_SYS_ADMIN, .other = &other);
	expect(.syscall = "chroot", .cap = CAP_SYS_CHROOT, .other = &other);
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
		expect_child(pid, n);
		if (n >= AT_ONCE)
			must(waitpid(-1, NULL, 0));
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}
