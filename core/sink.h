/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sink takes events to where the user wants them. It never knows which backend ran. Each is one
 * `const struct sink_ops` in core/output/, listed in core/output/sinks.c.
 */
#ifndef CAPTRACE_SINK_H
#define CAPTRACE_SINK_H

#include "core/column.h"

struct err;
struct out;
struct sink;

struct sink_cfg {
	struct out *out;                  /* borrowed */
	const struct column *const *cols; /* columns: what to show; borrowed */
	size_t cols_len;
	bool header;        /* columns: print the heading */
	bool kstack;        /* columns: frames under the row */
	unsigned int width; /* columns: terminal cells; 0: not a terminal */
};

struct sink_ops {
	const char *name; /* "columns", "json", … */
	const char *help;
	bool whole; /* shows every field of an event, whatever columns are asked for */
	int (*open)(struct sink **, const struct sink_cfg *, struct err *);
	void (*event)(struct sink *, const struct cap_event *);
	/* @count events were lost @where ("ring buffer", …). NULL: stderr tells it already. */
	void (*lost)(struct sink *, uint64_t count, const char *where);
	void (*resize)(struct sink *, unsigned int width);
	void (*finish)(struct sink *); /* what closes the output; before close */
	void (*close)(struct sink *);
};

struct sink {
	const struct sink_ops *ops;
};

extern const struct sink_ops *const sinks[]; /* NULL-terminated */

const struct sink_ops *sink_find(const char *name);

#endif
