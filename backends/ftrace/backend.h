/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the ftrace backend share. */
#ifndef CAPTRACE_BACKENDS_FTRACE_BACKEND_H
#define CAPTRACE_BACKENDS_FTRACE_BACKEND_H

#include "compat/calibrate/calibrate.h"
#include "compat/layout/layout.h"
#include "core/backend.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/hook.h"
#include "ftrace/probe/probe_group.h"

struct callers;
struct comms;
struct feed;
struct feed_ops;
struct feed_record;
struct follow;
struct trial;
struct machine;
struct outcomes;
struct returns;
struct startup;
struct task_notes;
struct tracedir;
struct reference_task;

#define FTRACE_SEEN_MAX 32

/* A defined probe. */
struct ftrace_probe {
	char system[64], event[64];
	int id;
	int cpu; /* the one it is for, or -1 */
	struct hook_decoder dec;
};

/* What a probe saw of the calibrator's checks. */
struct ftrace_seen {
	enum hook kind;
	struct cap_event ev;
	uint32_t opts;
	int32_t ret;
	uint64_t frame;
};

struct ftrace_backend {
	struct backend base;
	struct backend_cfg cfg; /* with its own copy of the pids */
	pid_t *pids;
	const struct feed_ops *feed_ops;
	enum hook main; /* what is probed where all checks come by */
	struct tracedir *tracedir;
	struct probe_group *group;
	const struct machine *machine;
	struct layout layout;
	uint64_t fields;
	uint64_t caps;       /* bits of the capabilities that the kernel knows */
	bool in_child_pidns; /* in a PID namespace of its own */
	bool comm;           /* $comm is known */
	bool no_arrays;      /* probes have no array types */
	bool compute;        /* verdicts are computed */
	bool pair;           /* verdicts that can't be are taken from returns */
	int64_t pair_frame;  /* what a return's frame (machine.h) is above the entry's */
	bool no_compat;      /* x86-64: the kernel has no 32-bit system calls */
	bool no_userns;      /* no user namespace can be made */
	struct cpus cpus;    /* that are traced */
	int cpus_room;       /* of whose the addresses are known: at least cpus.len */
	uint64_t cpus_looked;
	bool cpu_came;
	uint64_t *current; /* address of each CPU's current task; NULL: not to be had */
	bool by_symbol;
	uint64_t *guesses[8]; /* what else it could be; the last is the best */
	size_t guesses_len;
	struct cgroup_v1 v1;  /* .number 0: its hierarchies don't count, or there is no way there */
	unsigned int inlined; /* CALLER_* bits whose probes are needed */
	struct ksyms *ksyms;
	struct callers *audit; /* who tells audit; NULL: the fourth argument does */
	struct comms *comms;   /* names of threads; NULL: the events have them */

	struct ftrace_probe *probes;
	size_t probes_len, probes_room;
	uint16_t *by_id; /* of a trace event: index of its source and 1, or 0 */

	struct feed *feed;
	struct returns *returns;   /* NULL: no verdict is waited for */
	struct outcomes *outcomes; /* NULL: nobody wants them, or they can't be had */
	struct task_notes *notes;  /* of HOOK_TASK; NULL: checks come in one piece */
	struct startup *startup;   /* the same */
	bool stopped;
	struct follow *follow;      /* NULL: the whole machine is traced */
	struct event_handler *sink; /* during a drain */
	uint64_t clock_offset;
	bool faults_missed; /* the kernel's count of missed hits counts values that can't be read */
	uint64_t missed, missed_before, missed_read;
	struct cap_frame *frames;

	/* While open() calibrates. */
	struct calibrator *calibrator;
	struct calibration cal;
	int cpu;             /* that the calibrator is bound to */
	unsigned int trials; /* so far: their names tell them apart */
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

/*
 * Defines the probe of @kind for @cpu (-1: for any, without the task) and keeps it as a source.
 * Returns its index or a negative errno.
 */
int ftrace_define(struct ftrace_backend *b, enum hook kind, int cpu, struct err *e);

/* The source that a record is of, or NULL. */
const struct ftrace_probe *ftrace_probe_of(const struct ftrace_backend *b,
					   const struct feed_record *r);

/* Forgets and removes all sources. */
void ftrace_undefine(struct ftrace_backend *b);

/* What the kernel decides for events of @kind, to be freed; NULL: nothing. */
int ftrace_filter(const struct ftrace_backend *b, enum hook kind, bool unaudited, char **out);

/* Whether any event of @kind could pass. */
bool ftrace_wanted(const struct ftrace_backend *b, enum hook kind);

/* Hits that the kernel's own count (kprobe_profile) says were missed. */
uint64_t ftrace_missed(const struct ftrace_backend *b);

/* backends/ftrace/attach.c */

/* Attaches all that is needed to b->feed. */
int ftrace_attach(struct ftrace_backend *b, struct err *e);

/* Defines probes of a kind, for @cpu alone or for all (-1), and takes in their records. */
int ftrace_attach_kind(struct ftrace_backend *b, enum hook kind, int cpu, struct err *e);

/* Looks now and then whether CPUs came or went, and traces those that are there. */
void ftrace_follow_cpus(struct ftrace_backend *b);

/* backends/ftrace/deliver.c */

/*
 * Makes an event of @r, a record of @src, as hook_decode() does, and what hook_call() says of it.
 * False if it is none, or only the part of one that is to come.
 */
bool ftrace_decode(const struct ftrace_backend *b, const struct ftrace_probe *src,
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

/* Attaches what tells of the runtimes' start-up, if that is wanted and can be told. */
int ftrace_startup_attach(struct ftrace_backend *b, int cpu, struct err *e);

/* Takes in a record of what it has attached. */
void ftrace_startup_on_record(struct ftrace_backend *b, const struct ftrace_probe *src,
			      const struct feed_record *r);

/* Whether the task of @ev starts up, if that is known. */
void ftrace_startup_set(struct ftrace_backend *b, struct cap_event *ev);

/* Something may have happened that was not recorded. */
void ftrace_startup_lose(struct ftrace_backend *b, const char *why);

/* ftrace/discover/regs.c */

/* Where on its stack a task's saved registers are: sets LAYOUT_STACK_REGS, or leaves it absent. */
int discovery_find_regs(struct ftrace_backend *b, struct trial *t, struct err *e);

/* ftrace/discover/current.c */

/* Finds where each CPU keeps its current task. Sets b->current, or leaves it NULL and says why. */
int discovery_find_current(struct ftrace_backend *b, struct trial *t, struct err *e);

/* ftrace/discover/cgroup.c */

/*
 * What user space says of the hierarchy that counts. False: version 2 alone does, or nobody asks.
 */
bool discovery_set_v1(struct ftrace_backend *b);

/* Where version 1 counts, finds the way to a task's cgroup. Sets b->v1, or says why not. */
int discovery_place_v1(struct ftrace_backend *b, struct trial *t, struct err *e);

/* ftrace/discover/guess.c */

/* Fills b->guesses from the kernel's code. Errors as ksyms_load(), and -ENOENT if nothing fits. */
int discovery_guess_current(struct ftrace_backend *b, struct trial *t, struct err *e);

/*
 * Makes the next of b->guesses b->current; false: there is none any more, and b->current is NULL.
 */
bool discovery_next_guess(struct ftrace_backend *b);

/* ftrace/discover/discover.c */

/* Finds b->layout by looking at children that are known; needs b->current for the task's part. */
int discovery_find_layout(struct ftrace_backend *b, struct err *e);

/* Whether discovery looks for @f on this kernel and misses it if it isn't found. */
bool discovery_looks_for(const struct ftrace_backend *b, enum layout_field f);

/* ftrace/discover/find_v1.c */

/*
 * Finds the way from the task that @current yields, @w's, to its cgroup in the hierarchy of version
 * 1 that counts: sets b->layout and b->v1, or says why not.
 */
int discovery_follow_v1(struct ftrace_backend *b, struct trial *t, struct reference_task *w,
			const char *current, struct err *e);

/* ftrace/discover/verify.c */

/* Holds b->layout against two new reference tasks, of a task and of a user namespace. */
int discovery_verify(struct ftrace_backend *b, const uint32_t seeds[2], struct err *e);

/* backends/ftrace/calibrate.c */

/* Finds out what this kernel's checks look like; sets b->cal and b->fields. */
int ftrace_calibrate(struct ftrace_backend *b, struct trial *t, struct err *e);

/*
 * ftrace/discover/trial.c: a small feed of the events of one child, the calibrator or a reference
 * task.
 */

typedef void trial_fn(struct ftrace_backend *b, const struct feed_record *r, void *arg);

/* @tid: in captrace's PID namespace. */
int trial_open(struct trial **t, struct ftrace_backend *b, pid_t tid, struct err *e);
void trial_close(struct trial *t);

struct ftrace_backend *trial_backend(const struct trial *t);

/* Takes in the events of a source. */
int trial_attach(struct trial *t, const char *event, int id, struct err *e);

/* Defines a probe on cap_capable that fetches @f, for as long as the trial needs it. */
int trial_define(struct trial *t, struct fetch *f, struct err *e);
void trial_undefine(struct trial *t);

/* Where its values are. */
const struct fetch_map *trial_map(const struct trial *t);

/* Hands out what was recorded since. */
void trial_read(struct trial *t, trial_fn *fn, void *arg);

/* Makes the calibrator do @step, and hands out its records. Returns what calibrator_step() does. */
int trial_step(struct trial *t, enum calib_step step, trial_fn *fn, void *arg);

/* Reads kernel memory: @len words of the kernel's size at @addrs. Sets b->faults_missed, too. */
int trial_peek(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e);

#endif
