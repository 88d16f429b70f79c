/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session's loop: waits for the backend's data, signals, the command's end and timers, and
 * passes events from the backend through the filter to the sink.
 */
#ifndef CAPTRACE_CORE_SESSION_SESSION_H
#define CAPTRACE_CORE_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct backend;
struct cap_event;
struct command;
struct err;
struct filter;
struct identity;
struct out;
struct run_summary;
struct sink;
struct unique;

struct session_cfg {
	struct backend *backend;
	const struct filter *filter;
	struct identity *identity; /* NULL: containers and units are not looked up */
	bool hide_startup;         /* leave out events that have `startup` */
	struct unique *unique;     /* NULL: show all events */
	struct sink *sink;
	struct out *out;
	struct command *command; /* NULL: none */
	bool unaudited;          /* show unaudited checks, too */
	uint64_t timeout_ns;     /* 0: no end */
	uint64_t max_events;     /* 0: no end */
	int output; /* fd of `out`: watched for its reader's end, and gives the sink's width */
	const pid_t *watch; /* stop once all of these have exited */
	size_t watch_len;   /* 0: none */
	uint64_t keep;      /* capabilities (a bit each) to keep once tracing is live */
};

/* The width of the terminal @fd in cells; 0 if it is not a terminal. */
unsigned int session_width(int fd);

/*
 * Runs until something ends the session. 0, or a negative errno with @e set. @res is valid in both
 * cases.
 */
int session_run(const struct session_cfg *cfg, struct run_summary *res, struct err *e);

#endif
