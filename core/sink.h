/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sink writes events to where the user wants them, and never knows which backend ran. Each is one
 * `const struct sink_ops`; those that -o can name are listed in core/output/sinks.h.
 */
#ifndef CAPTRACE_CORE_SINK_H
#define CAPTRACE_CORE_SINK_H

#include "core/event/column.h"

struct advise_cfg;
struct cap_origin;
struct err;
struct out;
struct sink;

/* Valid during open() only; what it points to outlives the sink. */
struct sink_cfg {
	struct out *out;
	const struct column *const *cols; /* columns: those to show */
	size_t cols_len;
	bool header;                      /* columns: print the heading */
	bool kstack;                      /* columns: frames under the row */
	unsigned int width;               /* columns: terminal cells; 0: not a terminal */
	const struct cap_origin *origins; /* where the events come from */
	size_t origins_len;
	const struct advise_cfg *advise; /* advise: its options */
};

/* How a run ended, and its counts. */
struct run_summary {
	uint64_t shown, lost, unaudited, startup; /* events; the last two: left out */
	int signal;                               /* the signal that ended it, or 0 */
	int exec_error;         /* why the command could not be executed: negative errno, or 0 */
	bool not_started;       /* the backend could not be started */
	bool limit;             /* --timeout or --max-events ended it */
	bool succeeded;         /* the command ended by itself, with exit code 0 */
	bool closed;            /* the reader of our output went away */
	bool failed;            /* an error ended it; events may be missing */
	const char *incomplete; /* why there may be losses that nobody counted, or NULL */
};

struct sink_ops {
	const char *name; /* "columns", "json", … */
	bool whole;       /* shows every field of an event, whatever columns are asked for */
	int (*open)(struct sink **, const struct sink_cfg *, struct err *);
	void (*event)(struct sink *, const struct cap_event *);
	void (*close)(struct sink *);

	/* The rest may be NULL. Some are called through sink_resize() and so on, below. */

	/* NULL: the backend need not report them. No filter applies to them. */
	void (*outcome)(struct sink *, const struct cap_outcome *);
	void (*exec)(struct sink *, const struct cap_exec *);
	/*
	 * @count events were lost @where ("ring buffer", …). NULL: the message on stderr is enough.
	 */
	void (*lost)(struct sink *, uint64_t count, const char *where);
	/* With --unique, after all events: there were @count events like @ev, which was shown. */
	void (*unique_count)(struct sink *, const struct cap_event *, uint64_t count);
	/*
	 * After all events: @count events like @ev, which has only the fields of an aggregate's
	 * key, were counted and not shown.
	 */
	void (*aggregate)(struct sink *, const struct cap_event *, uint64_t count);
	void (*resize)(struct sink *, unsigned int width);
	/* Writes the end of the output, before close(). */
	void (*finish)(struct sink *, const struct run_summary *);
	/* After finish(): an exit code that overrides the session's, or 0. NULL: 0. */
	int (*exit_code)(const struct sink *);
};

struct sink {
	const struct sink_ops *ops;
};

static inline void sink_unique_count(struct sink *s, const struct cap_event *ev, uint64_t count)
{
	if (s->ops->unique_count)
		s->ops->unique_count(s, ev, count);
}

static inline void sink_resize(struct sink *s, unsigned int width)
{
	if (s->ops->resize)
		s->ops->resize(s, width);
}

static inline void sink_finish(struct sink *s, const struct run_summary *sum)
{
	if (s->ops->finish)
		s->ops->finish(s, sum);
}

static inline int sink_exit_code(const struct sink *s)
{
	return s->ops->exit_code ? s->ops->exit_code(s) : 0;
}

extern const struct sink_ops *const sinks[]; /* NULL-terminated */

const struct sink_ops *sink_find(const char *name);

#endif
