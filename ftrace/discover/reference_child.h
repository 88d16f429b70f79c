/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child's own side of a reference task (ftrace/discover/reference_task.h). */
#ifndef CAPTRACE_FTRACE_DISCOVER_REFERENCE_CHILD_H
#define CAPTRACE_FTRACE_DISCOVER_REFERENCE_CHILD_H

#include <stdint.h>

#include "ftrace/discover/reference_task.h"

struct reference_child {
	int ask, answer; /* pipes: an act in a byte, and an errno back, the first after its start */
	uint32_t seed;
	struct reference_known *known; /* shared with captrace: it fills this in */
	int namespaces;                /* its own: the folder of its task's */
};

/* Takes on its credentials and does what is asked until that pipe is closed; exits then. */
__attribute__((noreturn)) void reference_child_run(struct reference_child *s);

#endif
