/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code that runs in the child process of a reference task (ftrace/discover/reference_task.h).
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_REFERENCE_CHILD_H
#define CAPTRACE_FTRACE_DISCOVER_REFERENCE_CHILD_H

#include <stdint.h>

#include "ftrace/discover/reference_task.h"

struct reference_child {
	/*
	 * Pipes: one byte for each act, and an errno as the answer; the first one after the start.
	 */
	int ask, answer;
	uint32_t seed;
	struct reference_known *known; /* shared with captrace; the child fills it in */
	int namespaces;                /* the ns directory of its task in /proc */
};

/* Sets its credentials and does the acts that it is told to. Exits when the pipe is closed. */
__attribute__((noreturn)) void reference_child_run(struct reference_child *s);

#endif
