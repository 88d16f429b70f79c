/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hooks: the places in the kernel that captrace attaches to. Checks are seen at cap_capable(), and
 * at callers into which it may be inlined (compat/calibrate/calibrate.h); the checks of those
 * follow from their arguments and the current credentials. Other hooks report what happens to
 * tasks. One table defines all hooks (ftrace/probe/hook.c). This header declares what their probes
 * fetch, and how their records are decoded.
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

/* Checks come first and start-up comes last: backends/ftrace/deliver.c relies on that order. */
enum hook {
	HOOK_MAIN,   /* probe on cap_capable(): a check */
	HOOK_CAPSET, /* probes on callers into which it may be inlined: a check each */
	HOOK_PRCTL,
	HOOK_MMAP_ADDR,
	HOOK_OVERCOMMIT,
	HOOK_RETURN,     /* return of cap_capable(), to be paired with HOOK_MAIN */
	HOOK_EPROBE,     /* event probe on the tracepoint capability:cap_capable (6.14): a check */
	HOOK_TASK,       /* another one there, which records the task (ftrace/task/task_notes.h) */
	HOOK_TRACEPOINT, /* that tracepoint itself: a check, without credentials */
	HOOK_FORK,       /* tracepoint: a task was created */
	HOOK_RENAME,     /* tracepoint: a task changes its comm */
	HOOK_FREE,       /* tracepoint: a task was freed */
	HOOK_SYSCALL,    /* tracepoint: a system call returns */
	HOOK_COMMIT,     /* probe on commit_creds(): a task gets new credentials */
	HOOK_CGROUP_ATTACH,   /* probe: a task is about to be moved to another cgroup */
	HOOK_CGROUP_ATTACHED, /* tracepoint: the task has been moved */
	HOOK_NEWTASK,         /* probe: a task was created, with its cgroup */
	HOOK_EXEC,            /* probe: a task is about to execute a program */
	HOOK_EXECED,          /* tracepoint: the task executes it */
	HOOKS_COUNT
};

/* The function to probe, or "system/event" of the tracepoint. */
const char *hook_symbol(enum hook hook);

/* The prefix of the name of the probe's event; NULL: the hook is a tracepoint without a probe. */
const char *hook_event(enum hook hook);

/* The type of the probe. */
enum probe_type hook_probe_type(enum hook hook);

/* The CALLER_* bit of a caller into which cap_capable may be inlined; 0 for other hooks. */
unsigned int hook_caller(enum hook hook);

/* The capability that such a caller asks for; -1 for other hooks. */
int hook_caller_cap(enum hook hook);

/* Whether the probe fetches data of the current task, so that each CPU needs one of its own. */
bool hook_is_per_cpu(enum hook hook);

bool hook_is_eprobe(enum hook hook);

struct hook_cfg {
	const struct machine *machine;
	const struct layout *layout;
	uint64_t fields;            /* FIELD() bits that are wanted */
	const struct cgroup_v1 *v1; /* for the cgroup key; NULL: version 2 alone */
	uint64_t current; /* address of this CPU's pointer to the current task; 0: unknown */
	uint64_t caps;    /* bits of the capabilities that the kernel knows; 0: all */
	bool compute;     /* captrace computes the verdict */
	bool pair;        /* the record will be paired with that of the return */
	bool no_compat;   /* the kernel supports no 32-bit system calls beside its own */
	bool keeps_junk; /* a value that cannot be read is left-over data, not 0: tracefs's rings */
	bool comm;       /* the kernel supports $comm (4.8, 35abb67de744) */
	bool pin_uid;    /* a filter uses the uid */
};

/* Whether any of the FIELD() bits @fields is wanted. */
static inline bool hook_wants(const struct hook_cfg *cfg, uint64_t fields)
{
	return cfg->fields & fields;
}

/* Sets @f to what the probe on @hook fetches. Credentials that it cannot reach are left out. */
void hook_fetch(struct fetch *f, const struct hook_cfg *cfg, enum hook hook);

/* The FIELD() bits that events of @hook can have with @cfg. */
uint64_t hook_fields(const struct hook_cfg *cfg, enum hook hook);

struct hook_decoder {
	enum hook hook;
	struct hook_cfg cfg;
	struct fetch_map map;
	const struct calibration *cal;
	bool in_child_pidns; /* in a child PID namespace feed_record.pid is not the event's pid */
};

/*
 * Decodes @r into an event: all but the stack; the timestamp stays monotonic. False if @r is not a
 * check: the inlined caller did not ask for a capability, or the record is truncated.
 */
bool hook_decode(const struct hook_decoder *d, const struct feed_record *r, struct cap_event *ev);

/* The system call during which a record was made. */
struct hook_call {
	const char *syscall; /* NULL: none, or unknown */
	enum syscall_abi abi;
	bool has_args;
	uint64_t args[MACHINE_CALL_ARGS];
};

/* Decodes the call from a check's record (if FIELD(OUTCOME) is wanted) or from HOOK_COMMIT's. */
void hook_call(const struct hook_decoder *d, const struct feed_record *r, struct hook_call *call);

/* How commit_creds() changes the credentials of the task that calls it. */
struct hook_commit {
	bool ids_changed; /* any of the task's user and group ids */
	bool has_permitted;
	uint64_t permitted; /* the new permitted set */
};

/* A user or group id of the task's credentials. */
struct hook_id {
	enum layout_field at;
	enum fetch_value now, before; /* the new and the old id in HOOK_COMMIT's record */
};

#define HOOK_COMMIT_IDS 8

extern const struct hook_id hook_ids[HOOK_COMMIT_IDS];

/* Whether the layout has all members that HOOK_COMMIT needs. */
bool hook_can_commit(const struct layout *l);

/* Decodes HOOK_COMMIT's record. False if the change is unknown. */
bool hook_commit(const struct hook_decoder *d, const struct feed_record *r,
		 struct hook_commit *commit);

#endif
