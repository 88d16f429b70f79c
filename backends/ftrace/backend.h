/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the ftrace backend share. */
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

/* What a probe saw of the calibrator's checks. */
struct ftrace_seen {
	enum hook hook;
	struct cap_event ev;
	uint32_t opts;
	int32_t ret;
	uint64_t frame;
};

struct ftrace_backend {
	struct backend base;
	struct backend_cfg cfg; /* with its own copy of the pids */
	pid_t *pids;
	struct probe_context ctx;
	uint64_t fields;
	uint64_t caps;      /* bits of the capabilities that the kernel knows */
	bool compute;       /* verdicts are computed */
	bool pair;          /* verdicts that can't be are taken from returns */
	int64_t pair_frame; /* what a return's frame (machine.h) is above the entry's */
	uint64_t cpus_looked;
	bool cpu_came;
	unsigned int inlined; /* CALLER_* bits whose probes are needed */
	struct ksyms *ksyms;
	struct callers *audit; /* who tells audit; NULL: the fourth argument does */
	struct comms *comms;   /* names of threads; NULL: the events have them */

	struct probe_table probes;
	struct feed *feed;
	struct returns *returns;   /* NULL: no verdict is waited for */
	struct outcomes *outcomes; /* NULL: nobody wants them, or they can't be had */
	struct task_notes *notes;  /* of HOOK_TASK; NULL: checks come in one piece */
	struct startup *startup;   /* the same */
	bool stopped;
	struct follow *follow;      /* NULL: the whole machine is traced */
	struct event_handler *sink; /* during a drain */
	uint64_t clock_offset;
	uint64_t missed, missed_before, missed_read;
	struct cap_frame *frames;

	/* While open() calibrates. */
	struct discovery *discovery; /* NULL after it */
	struct calibration cal;
	struct ftrace_seen seen[FTRACE_SEEN_MAX];
	size_t seen_len;
	uint64_t had; /* fields that the records of its checks had */
};

/* The rows of ftrace_backend_ops.variants: the order in which `auto` tries them. */
enum ftrace_variant { FTRACE_PERF, FTRACE_RING, FTRACE_TRACEPOINT };

extern const struct backend_ops ftrace_backend_ops;

/* backends/ftrace/describe.c: of ftrace_backend_ops */
uint64_t ftrace_keeps(const struct backend *base);
void ftrace_describe(const struct backend *base,
		     void (*fact)(void *arg, const char *key, const char *value), void *arg);

/* backends/ftrace/probes.c */

/* What the backend wants of its probes' records. */
struct probe_cfg ftrace_probe_cfg(const struct ftrace_backend *b);

/*
 * Defines the probe of @hook for @cpu (-1: for any, without the task) among b->probes. Returns its
 * index or a negative errno.
 */
int ftrace_define(struct ftrace_backend *b, enum hook hook, int cpu, struct err *e);

/* What the kernel decides for events of @hook, to be freed; NULL: nothing. */
int ftrace_filter(const struct ftrace_backend *b, enum hook hook, bool unaudited, char **out);

/* Whether any event of @hook could pass. */
bool ftrace_wanted(const struct ftrace_backend *b, enum hook hook);

/* Hits that the kernel's own count (kprobe_profile) says were missed. */
uint64_t ftrace_missed(const struct ftrace_backend *b);

/* backends/ftrace/attach.c */

/* Attaches all that is needed to b->feed. */
int ftrace_attach(struct ftrace_backend *b, struct err *e);

/* Looks now and then whether CPUs came or went, and traces those that are there. */
void ftrace_follow_cpus(struct ftrace_backend *b);

/* backends/ftrace/deliver.c */

/*
 * Makes an event of @r, a record of @src, as hook_decode() does, and what hook_call() says of it.
 * False if it is none, or only the part of one that is to come.
 */
bool ftrace_decode(const struct ftrace_backend *b, const struct probe *src,
		   const struct feed_record *r, struct cap_event *ev, struct hook_call *call);

/* What a record of any source says; events go to b->sink. For feeds. */
void ftrace_on_record(void *arg, const struct feed_record *r);

/* Delivers a check whose verdict was waited for. For returns_new(). */
void ftrace_on_verdict(void *arg, struct cap_event *ev, const struct hook_call *call);

/* Fills audit and insetid from the record's stack, where the caller has to tell. */
void ftrace_set_audit(const struct ftrace_backend *b, const struct feed_record *r,
		      struct cap_event *ev);

/* Frames that the records need for what is wanted. */
uint32_t ftrace_frames(const struct ftrace_backend *b);

/* backends/ftrace/startup.c */

/* The hooks that tell of the runtimes' start-up, to attach in this order; 0: it can't be told. */
size_t ftrace_startup_hooks(const struct ftrace_backend *b, const enum hook **hooks);

/*
 * They are attached (@rc 0), or why not all are: then start-up is unknown. -ENOMEM: so is everything,
 * with the reason in @e.
 */
int ftrace_startup_attached(struct ftrace_backend *b, int rc, const char *why, struct err *e);

/* Takes in a record of what it has attached. */
void ftrace_startup_on_record(struct ftrace_backend *b, const struct probe *src,
			      const struct feed_record *r);

/* Whether the task of @ev starts up, if that is known. */
void ftrace_startup_set(struct ftrace_backend *b, struct cap_event *ev);

/* Something may have happened that was not recorded. */
void ftrace_startup_lose(struct ftrace_backend *b, const char *why);

/* backends/ftrace/calibrate.c */

/* Finds out what this kernel's checks look like; sets b->cal and b->fields. After discovery_run(). */
int ftrace_calibrate(struct ftrace_backend *b, struct err *e);

#endif
