/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hooks: the places in the kernel that captrace looks at. Checks come by cap_capable(), and by callers
 * that may have it inlined (compat/calibrate/calibrate.h), whose checks follow from their arguments and
 * the current credentials; other hooks tell of tasks. What each is stands in one table
 * (ftrace/probe/hook.c); here is what their probes fetch, and what their records say.
 */
#ifndef CAPTRACE_FTRACE_PROBE_HOOK_H
#define CAPTRACE_FTRACE_PROBE_HOOK_H

#include "compat/calibrate/calibrate.h"
#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "core/event/event.h"
#include "ftrace/probe/fetch.h"
#include "ftrace/probe/probe_group.h"

struct cgroup_v1;
struct feed_record;
struct ksyms;

/* Checks are first and start-up is last: backends/ftrace/deliver.c goes by that order. */
enum hook {
	HOOK_MAIN,   /* probe on cap_capable(): a check */
	HOOK_CAPSET, /* probes on the callers that may have it inlined: a check each */
	HOOK_PRCTL,
	HOOK_MMAP_ADDR,
	HOOK_OVERCOMMIT,
	HOOK_RETURN, /* return of cap_capable(), to be paired with HOOK_MAIN */
	HOOK_EPROBE, /* event probe on the tracepoint capability:cap_capable (6.14): a check */
	HOOK_TASK,   /* one more on it, which says whose check it is (ftrace/task/task_notes.h) */
	HOOK_TRACEPOINT,      /* that tracepoint itself: a check, without credentials */
	HOOK_FORK,            /* tracepoint: a task was created */
	HOOK_RENAME,          /* tracepoint: a task changes its comm */
	HOOK_FREE,            /* tracepoint: a task is gone */
	HOOK_SYSCALL,         /* tracepoint: a system call returns */
	HOOK_COMMIT,          /* probe on commit_creds(): a task gets new credentials */
	HOOK_CGROUP_ATTACH,   /* probe: a task is about to be moved to another cgroup */
	HOOK_CGROUP_ATTACHED, /* tracepoint: it has been */
	HOOK_NEWTASK,         /* probe: a task was created, with its cgroup */
	HOOK_EXEC,            /* probe: a task is about to execute a program */
	HOOK_EXECED,          /* tracepoint: it does */
	HOOKS_COUNT
};

/* The function to probe, or the "system/event" that it is or is on. */
const char *hook_symbol(enum hook hook);

/* What the name of its probe's event starts with; NULL: it is a tracepoint of the kernel's own. */
const char *hook_event(enum hook hook);

/* How that probe is defined. */
enum probe_type hook_probe_type(enum hook hook);

/* The CALLER_* bit of a caller that may have cap_capable inlined; 0 for the others. */
unsigned int hook_caller(enum hook hook);

/* The capability that such a caller asks for; -1 for the others. */
int hook_caller_cap(enum hook hook);

/* Whether its probe reaches the current task, and so is one CPU's. */
bool hook_is_per_cpu(enum hook hook);

bool hook_is_eprobe(enum hook hook);

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

/* Whether any of the FIELD() bits @fields is wanted. */
static inline bool hook_wants(const struct hook_cfg *cfg, uint64_t fields)
{
	return cfg->fields & fields;
}

/* What the probe on @hook fetches; one whose credentials can't be reached fetches none of them. */
void hook_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook hook);

/* The fields that events of @hook can have so. */
uint64_t hook_fields(const struct hook_cfg *cfg, enum hook hook);

struct hook_decoder {
	enum hook hook;
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
