/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table that defines all hooks. Internal to ftrace/probe; others use ftrace/probe/hook.h. */
#ifndef CAPTRACE_FTRACE_PROBE_HOOK_TABLE_H
#define CAPTRACE_FTRACE_PROBE_HOOK_TABLE_H

#include "ftrace/probe/hook.h"

/*
 * The probe fetches data of the current task (ftrace/probe/current_task.h), so each CPU needs one
 * of its own.
 */
#define HOOK_IS_PER_CPU (1U << 0)

/* The probe fetches what a check's event consists of: credentials, namespaces, the task. */
#define HOOK_IS_CHECK (1U << 1)

/*
 * How an inlined caller asks: audited (else never), about the initial user namespace (else its
 * own).
 */
#define HOOK_ASKS_AUDITED (1U << 2)
#define HOOK_ASKS_INIT_NS (1U << 3)

#define HOOK_VALUES_MAX 4

/* A value that an argument, a register or a tracepoint's field has at the hook. */
struct hook_value {
	enum fetch_value value;
	enum fetch_type type;
	bool word;        /* a long of the kernel's; .type is ignored */
	int arg;          /* number of the function's argument, from 1; 0: use .expr */
	const char *expr; /* "": the tracepoint's field with the name that fetch_name() returns */
};

struct hook_row {
	const char *symbol;   /* the function to probe, or "system/event" of the tracepoint */
	const char *event;    /* what the probe's name starts with; NULL: no probe is defined */
	enum probe_type type; /* of that probe */
	unsigned int flags;   /* HOOK_IS_*, HOOK_ASKS_* */
	unsigned int caller;  /* CALLER_*: cap_capable may be inlined into this function */
	int cap;              /* the capability that such a caller asks for */
	struct hook_value values[HOOK_VALUES_MAX]; /* ends at one with neither .arg nor .expr */
	void (*fetch)(struct fetch *f, const struct hook_cfg *cfg); /* adds more values; or NULL */
};

extern const struct hook_row hook_table[HOOKS_COUNT];

/* Implementations of hook_row.fetch; those for start-up are in ftrace/probe/startup_probe.h. */
void hook_fetch_frame(struct fetch *f, const struct hook_cfg *cfg);
void hook_fetch_commit(struct fetch *f, const struct hook_cfg *cfg);

#endif
