/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs captrace once, from the start to the exit code: starts and holds the command; opens a
 * variant that works, identity, the output and the sink; runs the session, with the next variant if
 * this one can't be started; and reports the totals on stderr.
 */
#ifndef CAPTRACE_CORE_SESSION_RUN_H
#define CAPTRACE_CORE_SESSION_RUN_H

#include "core/session/plan.h"

struct overhead;
struct pending_target;

/* Exit codes. With a command, its own code is used. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_BACKEND = 3,
	EXIT_CAPTRACE = 125,    /* captrace itself failed while it had a command */
	EXIT_CANNOT_EXEC = 126, /* the command was found but can't be run */
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128, /* + the signal's number */
};

/* Reports at the end that some sinks make themselves. */
enum run_tell {
	RUN_TELL_UNAUDITED = 1 << 0,  /* the number of unaudited checks that were left out */
	RUN_TELL_INCOMPLETE = 1 << 1, /* why there may be more checks than are shown */
};

/* All members are borrowed. */
struct run_cfg {
	struct plan_request request;
	const char *user;      /* user that the command runs as; NULL: captrace's own */
	const char *file;      /* output file; NULL or "-": standard output */
	bool header;           /* columns have a heading */
	const char *host_root; /* root of the runtimes' state: "" or a folder that stands for "/" */
	struct pending_target *pending; /* targets that the user named; NULL: none */
	struct overhead *overhead;      /* NULL: no --overhead */
	uint64_t timeout_ns;            /* 0: no end */
	uint64_t max_events;            /* 0: no end */
	unsigned int tell;              /* enum run_tell */
};

/*
 * Returns the exit code, after reporting any failure on stderr. @table is described in
 * core/backend.h.
 */
int run_all(const struct run_cfg *cfg, const struct backend_ops *const *table);

/* Reports @e on stderr. Returns @code. */
int run_report(const struct err *e, int code);

#endif
