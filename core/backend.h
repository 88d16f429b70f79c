/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam between the core and what watches the kernel. A backend is one `const struct
 * backend_ops`; core is handed a table of them and names none. A backend has variants: ways to
 * get the same events, which differ in what a kernel must have and in the fields they can give.
 */
#ifndef CAPTRACE_CORE_BACKEND_H
#define CAPTRACE_CORE_BACKEND_H

#include "core/event/cgroup.h"
#include "core/event/event.h"
#include "core/event/filter.h"
#include "core/event/target.h"

struct backend;
struct cap_origin;
struct cgroup_feed;
struct err;
struct pollfd;

struct backend_cfg {
	const struct backend_variant *variant; /* one of the backend's own; set by backend_open() */
	const char *btf_path;                  /* --btf, or NULL */
	size_t buffer_size; /* bytes of ring in all; 0: the backend's own choice */
	uint64_t fields;    /* FIELD() bits that anybody will look at, FIELDS_EXTRA too */
	struct target target;
	struct prefilter prefilter;
	/* Which cgroup the field cgroup_key is the key of. NULL: nobody wants it. */
	const struct cgroup_hierarchy *cgroups;
	/*
	 * Of events that are the same in UNIQUE_FIELDS one is enough, if for_each_aggregate() then
	 * says how many more there were.
	 */
	bool unique;
	/*
	 * For advice: granted and unaudited checks of a process that are the same in UNIQUE_FIELDS may
	 * be delivered once, and any that would be lost need not be delivered, if
	 * for_each_aggregate() then says how many there were.
	 */
	bool aggregate;
	bool by_cgroup;     /* what cgroup_feed's set_wanted() says is unwanted is left out */
	char *const *files; /* recordings to read; a running kernel is not asked */
	size_t files_len;
};

#define BACKEND_LOSSES_MAX 8

struct backend_stats {
	/* Every event that was not delivered, by the place where it was lost; counts only grow. */
	struct {
		const char *where; /* "ring buffer", "return probe", …; static */
		uint64_t count;
	} losses[BACKEND_LOSSES_MAX];
	size_t losses_len;
	/* Left out in the kernel because of prefilter.audited_only. May be 0 until stop(). */
	uint64_t unaudited;
	const char *incomplete; /* why there may be more that nobody counted; NULL: no reason */
};

#define BACKEND_DRAIN_MAX 65536

/*
 * Where drain() delivers. Neither the event nor what it points to outlives the call. The other two
 * are called only if cfg.fields asks for them, and are then not NULL.
 */
struct event_handler {
	void (*event)(struct event_handler *, const struct cap_event *);
	void (*outcome)(struct event_handler *, const struct cap_outcome *);
	void (*exec)(struct event_handler *, const struct cap_exec *);
};

struct backend_variant {
	const char *name;    /* "fexit" */
	const char *summary; /* one line for --help and doctor */
	uint64_t fields;     /* what it gives at its best */
};

typedef void (*backend_fact_fn)(void *arg, const char *key, const char *value);
typedef void (*backend_aggregate_fn)(void *arg, const struct cap_event *, uint64_t count);

struct backend_ops {
	/* What every backend has. */
	const char *name; /* "bpf" */
	bool recorded;    /* reads recordings: never chosen by `auto` */
	const struct backend_variant
		*variants; /* in the order `auto` tries them; ends with no name */

	/*
	 * Makes the variant cfg->variant ready: loads, attaches and calibrates it, so that a success
	 * means that checks do arrive, and leaves it quiet until start(). @cfg is borrowed until
	 * close(). What this kernel or these privileges refuse is a negative errno with the reason
	 * and, where there is one, the way out in @e, and the next variant is tried; -EBADMSG is
	 * kept for a file of the user's that isn't what it should be, which no variant mends.
	 */
	int (*open)(struct backend **, const struct backend_cfg *cfg, struct err *e);

	/*
	 * From now on checks of the target are recorded. An error is as one of open(): what the
	 * backend holds is closed and the next variant tried, with all privileges still there.
	 */
	int (*start)(struct backend *, struct err *);

	/* What it really gives, as found by open(). */
	uint64_t (*fields)(const struct backend *);

	/*
	 * Fills at most @max entries to poll, for the edge: a wake-up counts, not what is there.
	 * Returns their number.
	 */
	int (*fds)(const struct backend *, struct pollfd *, int max);

	/*
	 * Delivers what there is, in order of time. Returns the number of records consumed (events
	 * left out among them) or a negative errno. At BACKEND_DRAIN_MAX it may stop, and is called
	 * again at once: signals get their turn where checks come faster than they are shown.
	 */
	int (*drain)(struct backend *, struct event_handler *, struct err *);

	void (*stats)(const struct backend *, struct backend_stats *);
	void (*close)(struct backend *);

	/* What it may have: NULL where not. Called through backend_keeps() and so on, below. */

	/* The capabilities (a bit each) that it needs from here on: others are dropped. NULL: none. */
	uint64_t (*keeps)(const struct backend *);

	/*
	 * Before the session sleeps: asks that the next record wake the poll on fds(). A drain must
	 * follow before the sleep. False, or NULL: this variant can't, and the session drains by a
	 * timer.
	 */
	bool (*arm)(struct backend *);

	/* No more records; those already made can still be drained. NULL: nothing to do. */
	void (*stop)(struct backend *);

	/* Tells @fact what open() found out about this kernel, for doctor. NULL: nothing. */
	void (*describe)(const struct backend *, backend_fact_fn fact, void *arg);

	/*
	 * With cfg->cgroups or by_cgroup, from open() to close(): tells of new cgroups, and takes
	 * which of them are wanted. Another thread uses it, by the rule in
	 * core/identity/cgroup_feed.h. NULL: this backend or variant can do neither.
	 */
	struct cgroup_feed *(*cgroup_feed)(struct backend *);

	/*
	 * With cfg->unique or aggregate, after stop(): calls @fn for each combination with an event that
	 * has its fields alone, and how many such events were not delivered. NULL: all were.
	 */
	void (*for_each_aggregate)(const struct backend *, backend_aggregate_fn fn, void *arg);

	/* Whether nothing more will ever come. NULL: a running kernel always has more. */
	bool (*ended)(const struct backend *);

	/* The recordings that it reads, from open() to close(). NULL: it watches a running kernel. */
	const struct cap_origin *(*origins)(const struct backend *, size_t *len);
};

struct backend {
	const struct backend_ops *ops;
	const struct backend_variant *variant;
};

static inline uint64_t backend_keeps(const struct backend *b)
{
	return b->ops->keeps ? b->ops->keeps(b) : 0;
}

static inline struct cgroup_feed *backend_cgroup_feed(struct backend *b)
{
	return b->ops->cgroup_feed ? b->ops->cgroup_feed(b) : NULL;
}

static inline bool backend_arm(struct backend *b)
{
	return b->ops->arm && b->ops->arm(b);
}

static inline void backend_stop(struct backend *b)
{
	if (b->ops->stop)
		b->ops->stop(b);
}

static inline void backend_describe(const struct backend *b, backend_fact_fn fact, void *arg)
{
	if (b->ops->describe)
		b->ops->describe(b, fact, arg);
}

static inline void backend_for_each_aggregate(const struct backend *b, backend_aggregate_fn fn,
					      void *arg)
{
	if (b->ops->for_each_aggregate)
		b->ops->for_each_aggregate(b, fn, arg);
}

static inline bool backend_ended(const struct backend *b)
{
	return b->ops->ended && b->ops->ended(b);
}

/* NULL, and @len is left as it was, if @b watches a running kernel. */
static inline const struct cap_origin *backend_origins(const struct backend *b, size_t *len)
{
	return b->ops->origins ? b->ops->origins(b, len) : NULL;
}

/*
 * A table of backends is in the order in which `auto` tries them and ends with NULL. core/main.c hands
 * over that of backends/registry.c.
 */

/* Whether @spec is "auto", a backend or "backend:variant"; -EINVAL and what there is, if not. */
int backend_check_spec(const struct backend_ops *const *table, const char *spec, struct err *e);

/* Whether @spec ("auto", "bpf" or "bpf:fexit") allows this variant. */
bool backend_spec_allows(const char *spec, const struct backend_ops *ops,
			 const struct backend_variant *v);

/* A search for a variant that works, which goes on where it stopped. Zeroed but for the first two. */
struct backend_search {
	const struct backend_ops *const *table;
	const char *spec; /* as backend_spec_allows() has it */
	size_t tried;     /* variants that it is past, of all there are */
	char reasons[640];
};

/*
 * Opens the first variant that works among those that the search has left. The reason against each
 * one that doesn't is told with -v, and all of them are in @e if none works. -EBADMSG ends the search.
 */
int backend_open(struct backend **b, struct backend_search *s, struct backend_cfg *cfg,
		 struct err *e);

/*
 * The one that was opened last, @b, could not be started: @why is among the reasons from now on.
 * True if there are others to try.
 */
bool backend_reject(struct backend_search *s, const struct backend *b, struct err *why);

/* "bpf:fexit" of an open backend, in @buf. */
const char *backend_name(const struct backend *b, char *buf, size_t size);

/* The name of a variant that can give all of @fields of a running kernel, in @buf, or NULL. */
const char *backend_giving(const struct backend_ops *const *table, uint64_t fields, char *buf,
			   size_t size);

#endif
