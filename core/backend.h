/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface between the core and what watches the kernel. A backend is one `const struct
 * backend_ops`; the core is passed a table of them and names none. A backend has variants: ways to
 * get the same events that differ in what the kernel must have and in the fields that they can
 * give.
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
	const struct backend_variant *variant; /* of the backend; set by backend_open() */
	const char *btf_path;                  /* --btf, or NULL */
	size_t buffer_size; /* bytes of all rings together; 0: the backend's default */
	uint64_t fields;    /* FIELD() bits that will be used, FIELDS_EXTRA too */
	struct target target;
	struct prefilter prefilter;
	/* Which of a task's cgroups the field cgroup_key is about. NULL: the field is not used. */
	const struct cgroup_hierarchy *cgroups;
	/*
	 * Of events that are equal in UNIQUE_FIELDS, one is enough if for_each_aggregate() then
	 * reports how many more there were.
	 */
	bool unique;
	/*
	 * For advice: of granted or unaudited checks by a process that are equal in UNIQUE_FIELDS,
	 * one is enough, and checks that would be lost need not be delivered, if
	 * for_each_aggregate() then reports how many there were.
	 */
	bool aggregate;
	bool by_cgroup;     /* leave out cgroups that the cgroup_feed is told are unwanted */
	char *const *files; /* recordings to read, instead of tracing a kernel */
	size_t files_len;
};

#define BACKEND_LOSSES_MAX 8

struct backend_stats {
	/* Events that were not delivered, by the place where they were lost; counts only grow. */
	struct {
		const char *where; /* "ring buffer", "return probe", …; static */
		uint64_t count;
	} losses[BACKEND_LOSSES_MAX];
	size_t losses_len;
	/*
	 * Events left out in the kernel because of prefilter.audited_only. May be 0 until stop().
	 */
	uint64_t unaudited;
	const char *incomplete; /* why there may be losses that nobody counted, or NULL */
};

#define BACKEND_DRAIN_MAX 65536

/*
 * What drain() calls. The event and all it points to are valid during the call only. outcome() and
 * exec() are called only if cfg.fields asks for them, and then they are not NULL.
 */
struct event_handler {
	void (*event)(struct event_handler *, const struct cap_event *);
	void (*outcome)(struct event_handler *, const struct cap_outcome *);
	void (*exec)(struct event_handler *, const struct cap_exec *);
};

struct backend_variant {
	const char *name; /* "fexit" */
	uint64_t fields;  /* FIELD() bits that it can give at best */
};

typedef void (*backend_fact_fn)(void *arg, const char *key, const char *value);
typedef void (*backend_aggregate_fn)(void *arg, const struct cap_event *, uint64_t count);

struct backend_ops {
	/* Every backend has these. */
	const char *name; /* "bpf" */
	bool recorded;    /* reads recordings: never chosen by `auto` */
	/* In the order in which `auto` tries them; one without a name ends the list. */
	const struct backend_variant *variants;

	/*
	 * Loads, attaches and calibrates the variant cfg->variant. Success means that checks were
	 * seen to arrive; nothing is recorded until start(). @cfg is borrowed until close(). If the
	 * kernel or missing privileges prevent it, returns a negative errno, with the reason and,
	 * if there is one, the remedy in @e; then the next variant is tried. -EBADMSG is reserved
	 * for a file of the user's that is not valid, which would fail with every variant.
	 */
	int (*open)(struct backend **, const struct backend_cfg *cfg, struct err *e);

	/*
	 * Starts recording checks of the target. An error means the same as one of open(): the
	 * backend is closed and the next variant is tried; no privileges have been dropped yet.
	 */
	int (*start)(struct backend *, struct err *);

	/* FIELD() bits that it gives on this kernel, as found by open(). */
	uint64_t (*fields)(const struct backend *);

	/*
	 * Fills at most @max entries to poll and returns their number. The caller polls them
	 * edge-triggered: a wake-up counts, not whether there is data.
	 */
	int (*fds)(const struct backend *, struct pollfd *, int max);

	/*
	 * Delivers the recorded events in order of time. Returns the number of records consumed,
	 * including those of events that are left out, or a negative errno. After BACKEND_DRAIN_MAX
	 * records it may stop; it is then called again at once. That lets signals be handled even
	 * if checks come faster than they are shown.
	 */
	int (*drain)(struct backend *, struct event_handler *, struct err *);

	void (*stats)(const struct backend *, struct backend_stats *);
	void (*close)(struct backend *);

	/* These may be NULL. They are called through backend_keeps() and so on, below. */

	/*
	 * The capabilities (a bit each) that it needs once it has started; all others are dropped.
	 * NULL: none.
	 */
	uint64_t (*keeps)(const struct backend *);

	/*
	 * Called before the session sleeps: asks that the next record wake the poll on fds(). The
	 * session must drain once more before it sleeps. False or NULL: this variant cannot do
	 * that, and the session drains on a timer.
	 */
	bool (*arm)(struct backend *);

	/* Stops recording. Records that exist can still be drained. NULL: nothing to do. */
	void (*stop)(struct backend *);

	/*
	 * Calls @fact with each thing that open() found out about this kernel, for doctor. NULL:
	 * nothing.
	 */
	void (*describe)(const struct backend *, backend_fact_fn fact, void *arg);

	/*
	 * With cfg->cgroups or cfg->by_cgroup, valid from open() to close(): reports new cgroups
	 * and is told which of them are wanted. Another thread uses it, by the rule in
	 * core/identity/cgroup_feed.h. NULL: this backend or variant can do neither.
	 */
	struct cgroup_feed *(*cgroup_feed)(struct backend *);

	/*
	 * With cfg->unique or cfg->aggregate, after stop(): calls @fn for each aggregate, with an
	 * event that has only the fields of the aggregate's key, and with the number of such events
	 * that were not delivered. NULL: all were delivered.
	 */
	void (*for_each_aggregate)(const struct backend *, backend_aggregate_fn fn, void *arg);

	/* Whether no more events will ever come. NULL: false, as for a running kernel. */
	bool (*ended)(const struct backend *);

	/*
	 * The recordings that it reads, valid from open() to close(). NULL: it watches a running
	 * kernel.
	 */
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

/* NULL, with @len unchanged, if @b watches a running kernel. */
static inline const struct cap_origin *backend_origins(const struct backend *b, size_t *len)
{
	return b->ops->origins ? b->ops->origins(b, len) : NULL;
}

/*
 * The functions below take a table of backends, in the order in which `auto` tries them, that ends
 * with NULL. core/main.c passes the table of backends/registry.c.
 */

/*
 * 0 if @spec is "auto", a backend or "backend:variant" of the table; else -EINVAL, and @e lists
 * what there is.
 */
int backend_check_spec(const struct backend_ops *const *table, const char *spec, struct err *e);

/* Whether @spec ("auto", "bpf" or "bpf:fexit") allows this variant. */
bool backend_spec_allows(const char *spec, const struct backend_ops *ops,
			 const struct backend_variant *v);

/*
 * A search for a variant that works. Each backend_open() goes on where the last one stopped. Set
 * the first two members and zero the others.
 */
struct backend_search {
	const struct backend_ops *const *table;
	const char *spec; /* "auto", "bpf" or "bpf:fexit" */
	size_t tried;     /* variants of the table that the search has passed */
	char reasons[640];
};

/*
 * Opens the first variant that works among those that were not tried. With -v, the reason against
 * each other one is logged; if none works, @e has all the reasons. -EBADMSG ends the search.
 */
int backend_open(struct backend **b, struct backend_search *s, struct backend_cfg *cfg,
		 struct err *e);

/*
 * Adds to the reasons that @b, which was opened last, could not be started because of @why. Returns
 * true if there are variants left to try; else @why has all the reasons.
 */
bool backend_reject(struct backend_search *s, const struct backend *b, struct err *why);

/* The name of an open backend, such as "bpf:fexit", in @buf. */
const char *backend_name(const struct backend *b, char *buf, size_t size);

/* The name of a variant that can give all of @fields on a running kernel, in @buf; or NULL. */
const char *backend_giving(const struct backend_ops *const *table, uint64_t fields, char *buf,
			   size_t size);

#endif
