/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run from its start to its exit code: starts and holds the command, opens a variant that works,
 * who-asked, the sink and the output, runs the session, with the next variant if this one can't be
 * started, and says on stderr what it came to.
 */
#ifndef CAPTRACE_CORE_SESSION_RUN_H
#define CAPTRACE_CORE_SESSION_RUN_H

#include "core/session/plan.h"

struct overhead;
struct pending_target;

/* Exit codes, DESIGN 7. With a command, its own code is used. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_BACKEND = 3,
	EXIT_CAPTRACE = 125,    /* captrace itself failed; with a command */
	EXIT_CANNOT_EXEC = 126, /* the command was found but can't be run */
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128, /* + the signal's number */
};

/* What is said at the end that a sink may say itself. */
enum run_tell {
	RUN_TELL_UNAUDITED = 1 << 0,  /* how many unaudited checks were left out */
	RUN_TELL_INCOMPLETE = 1 << 1, /* why there may be more than is shown */
};

/* All of it is borrowed. */
struct run_cfg {
	struct plan_request request;
	const char *user;               /* as whom the command runs; NULL: as captrace */
	const char *file;               /* of the output; NULL or "-": standard output */
	bool header;                    /* a table has one */
	const char *host_root;          /* "" or in place of "/", for the runtimes' state */
	struct pending_target *pending; /* names that were given; NULL: none */
	struct overhead *overhead;      /* NULL: nobody asks */
	uint64_t timeout_ns;            /* 0: no end */
	uint64_t max_events;            /* 0: no end */
	unsigned int tell;              /* enum run_tell */
};

/* Returns the exit code, once what failed was said on stderr. @table is as core/backend.h has it. */
int run_all(const struct run_cfg *cfg, const struct backend_ops *const *table);

/* Says what is wrong on stderr. Returns @code. */
int run_report(const struct err *e, int code);

#endif
