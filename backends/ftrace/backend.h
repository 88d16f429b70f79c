/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the ftrace backend: its state, and the functions that its files share. */
#ifndef CAPTRACE_BACKENDS_FTRACE_BACKEND_H
#define CAPTRACE_BACKENDS_FTRACE_BACKEND_H

#include "compat/calibrate/calibrate.h"
#include "compat/layout/layout.h"
#include "core/backend.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/probe_context.h"
#include "ftrace/probe/probe_table.h"

struct callers;
struct comms;
struct discovery;
struct feed;
struct feed_record;
struct follow;
struct outcomes;
struct returns;
struct startup;
struct task_notes;

#define FTRACE_SEEN_MAX 32

/* A record of one of the calibrator's checks. */
struct ftrace_seen {
	enum hook hook;
	struct cap_event ev;
	uint32_t opts;
	int32_t ret;
	uint64_t frame;
};

struct ftrace_backend {
	struct backend base;
	struct backend_cfg cfg; /* its pids are .pids */
	pid_t *pids;            /* copy of the caller's */
	struct probe_context ctx;
	uint64_t fields;      /* FIELD() bits that events can have */
	uint64_t caps;        /* bits of the capabilities that the kernel knows */
	bool compute;         /* verdicts are computed */
	bool pair;            /* verdicts that cannot be computed are taken from returns */
	int64_t pair_frame;   /* difference between the frames of return and entry (machine.h) */
	uint64_t cpus_looked; /* when CPUs were last looked at: CLOCK_MONOTONIC, ns */
	bool cpu_came;        /* a CPU came up while tracing */
	unsigned int inlined; /* CALLER_* bits whose probes are needed */
	struct ksyms *ksyms;
	struct callers *audit; /* gives audit by the caller; NULL: the fourth argument gives it */
	struct comms *comms;   /* names of threads; NULL: the events have them */

	struct probe_table probes;
	struct feed *feed;
	struct returns *returns;   /* NULL: verdicts do not depend on returns */
	struct outcomes *outcomes; /* NULL: not wanted, or not supported here */
	struct task_notes *notes;  /* of HOOK_TASK; NULL: checks are recorded in one part */
	struct startup *startup;   /* NULL: not wanted, or not supported here */
	bool stopped;
	struct follow *follow;         /* NULL: the whole machine is traced */
	struct event_handler *handler; /* during a drain */
	uint64_t clock_offset;
	uint64_t missed, missed_before, missed_read;
	struct cap_frame *frames;

	/* While open() calibrates. */
	struct discovery *discovery; /* NULL after it */
	struct calibration cal;
	struct ftrace_seen seen[FTRACE_SEEN_MAX];
	size_t seen_len;
	uint64_t fields_seen; /* FIELD() bits that some record of its checks had */
};

/* Indexes of ftrace_backend_ops.variants, in the order in which `auto` tries them. */
enum ftrace_variant { FTRACE_PERF, FTRACE_RING, FTRACE_TRACEPOINT };

extern const struct backend_ops ftrace_backend_ops;

/* backends/ftrace/describe.c: members of ftrace_backend_ops */
uint64_t ftrace_keeps(const struct backend *base);
void ftrace_describe(const struct backend *base,
		     void (*fact)(void *arg, const char *key, const char *value), void *arg);

/* backends/ftrace/probes.c */

/* What the backend wants from its probes' records. */
struct probe_cfg ftrace_probe_cfg(const struct ftrace_backend *b);

/*
 * Defines the probe on @hook for @cpu (-1: for all CPUs, without data of the task). Returns its
 * index in b->probes, or a negative errno.
 */
int ftrace_define(struct ftrace_backend *b, enum hook hook, int cpu, struct err *e);

/*
 * Sets @out to the filter that the kernel applies to @hook's events; the caller frees it. NULL:
 * none. @unaudited: a filter that only passes what is left out as unaudited, to count it.
 */
int ftrace_filter(const struct ftrace_backend *b, enum hook hook, bool unaudited, char **out);

/* Whether any event of @hook could pass the user's filter. */
bool ftrace_wanted(const struct ftrace_backend *b, enum hook hook);

/* The number of missed hits according to the kernel (kprobe_profile). */
uint64_t ftrace_missed(const struct ftrace_backend *b);

/* backends/ftrace/attach.c */

/* Defines all probes that are needed and attaches them to b->feed. */
int ftrace_attach(struct ftrace_backend *b, struct err *e);

/* Checks at intervals whether CPUs came up or went away, and traces the online ones. */
void ftrace_follow_cpus(struct ftrace_backend *b);

/* backends/ftrace/deliver.c */

/*
 * Decodes @r, a record of the probe @p, into @ev as hook_decode() does, and into @call as
 * hook_call() does. False if @r is not a check, or only the first part of one
 * (ftrace/task/task_notes.h).
 */
bool ftrace_decode(const struct ftrace_backend *b, const struct probe *p,
		   const struct feed_record *r, struct cap_event *ev, struct hook_call *call);

/* Processes a record of any probe; events go to b->handler. A feed_fn; @arg is the backend. */
void ftrace_on_record(void *arg, const struct feed_record *r);

/* Delivers a check that was held for its verdict. A returns_fn; @arg is the backend. */
void ftrace_on_verdict(void *arg, struct cap_event *ev, const struct hook_call *call);

/* Sets audit and insetid from the record's stack, if they depend on the caller (b->audit). */
void ftrace_set_audit(const struct ftrace_backend *b, const struct feed_record *r,
		      struct cap_event *ev);

/* The number of stack frames that records need for the wanted fields. */
uint32_t ftrace_frames(const struct ftrace_backend *b);

/* backends/ftrace/startup.c */

/*
 * Sets @hooks to the hooks that show runtime start-up, to attach in this order. Returns their
 * number; 0: start-up is not wanted or cannot be told apart.
 */
size_t ftrace_startup_hooks(const struct ftrace_backend *b, const enum hook **hooks);

/*
 * The hooks were attached (@rc 0), or one could not be: then start-up is unknown because of @why.
 * Returns 0, or -ENOMEM with the reason in @e.
 */
int ftrace_startup_attached(struct ftrace_backend *b, int rc, const char *why, struct err *e);

/* Processes a record of one of these hooks. */
void ftrace_startup_on_record(struct ftrace_backend *b, const struct probe *p,
			      const struct feed_record *r);

/* Sets the field startup of @ev if it is known. */
void ftrace_startup_set(struct ftrace_backend *b, struct cap_event *ev);

/* Records are missing because of @why: start-up is unknown from now on. Tells the user once. */
void ftrace_startup_lose(struct ftrace_backend *b, const char *why);

/* backends/ftrace/calibrate.c */

/*
 * Calibrates: compares the records of known checks with what they have to be, and sets b->cal and
 * b->fields. Call it after discovery_run().
 */
int ftrace_calibrate(struct ftrace_backend *b, struct err *e);

#endif
