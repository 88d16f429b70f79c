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

enum hook {
	HOOK_MAIN, /* cap_capable */
	HOOK_CAPSET,
	HOOK_PRCTL,
	HOOK_MMAP_ADDR,
	HOOK_OVERCOMMIT,
	HOOK_RETURN, /* of cap_capable, to be paired */
	HOOK_EPROBE, /* an event probe on the tracepoint capability:cap_capable (6.14) */
	HOOK_TASK,   /* one more on it, that tells of the current task (ftrace/task/task_notes.h) */
	HOOK_TRACEPOINT, /* that tracepoint itself */
	/* No checks: tracepoints that tell of tasks. */
	HOOK_FORK,
	HOOK_RENAME,
	HOOK_FREE,
	/* One that tells how system calls ended. */
	HOOK_SYSCALL,
	/* And a probe where a task gets new credentials. */
	HOOK_COMMIT,
	/* The runtimes' start-up: probes on functions, and the tracepoints that follow them. */
	HOOK_CGROUP_ATTACH,
	HOOK_CGROUP_ATTACHED,
	HOOK_NEWTASK,
	HOOK_EXEC,
	HOOK_EXECED,
	HOOKS_COUNT
};

/* The function to probe, or the "system/event" that it is or is on. */
const char *hook_symbol(enum hook kind);

/* The CALLER_* bit of a kind; 0 for the others. */
unsigned int hook_caller(enum hook kind);

/* Whether its probe reaches the current task, and so is one CPU's. */
bool hook_is_per_cpu(enum hook kind);

bool hook_is_eprobe(enum hook kind);

struct hook_cfg {
	const struct machine *machine;
	const struct layout *layout;
	uint64_t fields;            /* FIELD() bits that are wanted */
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
void hook_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook kind);

/* The fields that events of @kind can have so. */
uint64_t hook_fields(const struct hook_cfg *cfg, enum hook kind);

struct hook_decoder {
	enum hook kind;
	struct hook_cfg cfg;
	struct fetch_map map;
	const struct calibration *cal;
	bool in_child_pidns; /* captrace is in a PID namespace of its own: feed_record.pid is not the event's */
};

/*
 * Makes an event of @r, but for its timestamp (left monotonic) and stack. False if it is none: the
 * caller didn't ask for a capability.
 */
bool hook_decode(const struct hook_decoder *d, const struct feed_record *r, struct cap_event *ev);

/* The system call that a record is from. */
struct hook_call {
	const char *syscall; /* NULL: none, or not known */
	enum syscall_abi abi;
	bool has_args;
	uint64_t args[MACHINE_CALL_ARGS];
};

/* Of a check's record (if fields have FIELD(OUTCOME)), or of HOOK_COMMIT's. */
void hook_call(const struct hook_decoder *d, const struct feed_record *r, struct hook_call *call);

/* What commit_creds() does to the task that calls it. */
struct hook_commit {
	bool ids_changed; /* any of its user and group ids */
	bool has_permitted;
	uint64_t permitted; /* from now on */
};

/* A user or group id of the task's credentials. */
struct hook_id {
	enum layout_field at;
	enum fetch_value now, before; /* in HOOK_COMMIT's record */
};

#define HOOK_COMMIT_IDS 8

extern const struct hook_id hook_ids[HOOK_COMMIT_IDS];

/* Whether the layout has all that HOOK_COMMIT needs. */
bool hook_can_commit(const struct layout *l);

/* Of HOOK_COMMIT's record. False if it can't be told. */
bool hook_commit(const struct hook_decoder *d, const struct feed_record *r,
		 struct hook_commit *commit);

#endif
