/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes are traced. */
#ifndef CAPTRACE_CORE_EVENT_TARGET_H
#define CAPTRACE_CORE_EVENT_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All pids are as captrace's own PID namespace sees them. */
struct target {
	bool all;          /* the whole machine; `pids` is empty */
	bool follow;       /* descendants of `pids` too */
	const pid_t *pids; /* thread groups */
	size_t pids_len;
	pid_t command; /* the one of `pids` that captrace started and holds before its exec; or 0 */
};

#endif
