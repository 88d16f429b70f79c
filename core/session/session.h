/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one loop: waits for the backend's data, signals, the command's end and time, and moves events
 * from the backend through the filter to the sink.
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
	struct identity *identity; /* NULL: nobody asks who it was */
	bool hide_startup;         /* leave out what has `startup` */
	struct unique *unique;     /* NULL: all events are shown */
	struct sink *sink;
	struct out *out;
	struct command *command; /* NULL: none */
	bool unaudited;          /* show unaudited checks too */
	uint64_t timeout_ns;     /* 0: no end */
	uint64_t max_events;     /* 0: no end */
	int output;         /* fd that `out` writes to: its end is ours, its width the sink's */
	const pid_t *watch; /* processes with whose end there is nothing left to trace */
	size_t watch_len;   /* 0: none */
	uint64_t keep;      /* capabilities (a bit each) that stay once tracing is live */
};

/* Terminal cells of @fd; 0 if it is no terminal. */
unsigned int session_width(int fd);

/* Runs until something ends it. 0, or a negative errno with @e set. @res is valid in both cases. */
int session_run(const struct session_cfg *cfg, struct run_summary *res, struct err *e);

#endif
