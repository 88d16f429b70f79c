// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/signals.h"

sigset_t signals_ending(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

sigset_t signals_all(void)
{
	sigset_t set = signals_ending();

	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	return set;
}

void signals_block(void)
{
	sigset_t set = signals_all();

	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void signals_restore(void)
{
	sigset_t set = signals_all();

	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
