/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes on capability checks: what they fetch, and what an event is made of. cap_capable itself,
 * and the callers that may have it inlined (compat/calibrate/calibrate.h), whose checks follow from their
 * arguments and the current credentials.
 */
#ifndef CAPTRACE_FTRACE_PROBE_HOOK_H
#define CAPTRACE_FTRACE_PROBE_HOOK_H

#include "compat/calibrate/calibrate.h"
#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/event/event.h"
#include "ftrace/probe/fetch.h"

struct cgroup_v1;
struct feed_record;
struct ksyms;

enum check_kind {
	CHECK_MAIN, /* cap_capable */
	CHECK_CAPSET,
	CHECK_PRCTL,
	CHECK_MMAP_ADDR,
	CHECK_OVERCOMMIT,
	CHECK_RETURN, /* of cap_capable, to be paired */
	CHECK_EPROBE, /* an event probe on the tracepoint capability:cap_capable (6.14) */
	CHECK_TASK, /* one more on it, that tells of the current task (ftrace/task/task_notes.h) */
	CHECK_TRACEPOINT, /* that tracepoint itself */
	/* No checks: tracepoints that tell of tasks. */
	CHECK_FORK,
	CHECK_RENAME,
	CHECK_FREE,
	/* One that tells how system calls ended. */
	CHECK_SYSCALL,
	/* And a probe where a task gets new credentials. */
	CHECK_COMMIT,
	/* The runtimes' start-up: probes on functions, and the tracepoints that follow them. */
	CHECK_MOVE,
	CHECK_MOVED,
	CHECK_START,
	CHECK_IMAGE,
	CHECK_EXEC,
	CHECK_KINDS
};

/* The function to probe, or the "system/event" that it is or is on. */
const char *check_symbol(enum check_kind kind);

/* The CALLER_* bit of a kind; 0 for the others. */
unsigned int check_caller(enum check_kind kind);

/* Whether its probe reaches the current task, and so is one CPU's. */
bool check_is_per_cpu(enum check_kind kind);

bool check_is_eprobe(enum check_kind kind);

struct check_cfg {
	const struct machine *machine;
	const struct layout *layout;
	uint64_t fields;            /* CAP_HAVE() bits that are wanted */
	const struct cgroup_v1 *v1; /* for the key of a cgroup; NULL: version 2 alone */
	uint64_t current;           /* address that holds the current task's on this CPU; 0: none */
	uint64_t caps;              /* bits of the capabilities that the kernel knows; 0: all */
	bool compute;               /* the verdict is computed */
	bool pair;                  /* a return will be paired with it */
	bool no_compat;             /* the kernel has no 32-bit system calls beside its own */
	bool junk;    /* what could not be read is left as it was, not zero: tracefs's rings */
	bool comm;    /* $comm is known (4.8, 35abb67de744) */
	bool pin_uid; /* a filter names it */
};

/* What a probe of @kind fetches; one whose credentials can't be reached fetches none of them. */
void check_fetch(struct fetch *f, const struct check_cfg *cfg, enum check_kind kind);

/* The fields that events of @kind can have so. */
uint64_t check_fields(const struct check_cfg *cfg, enum check_kind kind);

struct check_decoder {
	enum check_kind kind;
	struct check_cfg cfg;
	struct fetch_map map;
	const struct calibration *cal;
	bool nested; /* captrace is in a PID namespace of its own: feed_record.pid is not the event's */
};

/*
 * Makes an event of @r, but for its timestamp (left monotonic) and stack. False if it is none: the
 * caller didn't ask for a capability.
 */
bool check_decode(const struct check_decoder *d, const struct feed_record *r, struct cap_event *ev);

/* The system call that a record is from. */
struct check_call {
	const char *syscall; /* NULL: none, or not known */
	enum syscall_abi abi;
	bool has_args;
	uint64_t args[MACHINE_CALL_ARGS];
};

/* Of a check's record (if fields have CAP_HAVE(OUTCOME)), or of CHECK_COMMIT's. */
void check_call(const struct check_decoder *d, const struct feed_record *r,
		struct check_call *call);

/* What commit_creds() does to the task that calls it. */
struct check_commit {
	bool ids_changed; /* any of its user and group ids */
	bool has_permitted;
	uint64_t permitted; /* from now on */
};

/* A user or group id of the task's credentials. */
struct check_id {
	enum layout_field at;
	enum fetch_value now, before; /* in CHECK_COMMIT's record */
};

#define CHECK_IDS 8

extern const struct check_id check_ids[CHECK_IDS];

/* Whether the layout has all that CHECK_COMMIT needs. */
bool check_can_commit(const struct layout *l);

/* Of CHECK_COMMIT's record. False if it can't be told. */
bool check_commit(const struct check_decoder *d, const struct feed_record *r,
		  struct check_commit *commit);

#endif
