/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each hook is: one declared table, for ftrace/probe's own use (others: ftrace/probe/hook.h). */
#ifndef CAPTRACE_FTRACE_PROBE_HOOK_TABLE_H
#define CAPTRACE_FTRACE_PROBE_HOOK_TABLE_H

#include "ftrace/probe/hook.h"

/* Its probe reaches the current task (ftrace/probe/current_task.h), and so is one CPU's. */
#define HOOK_IS_PER_CPU (1U << 0)

/* Its probe fetches what a check's event is made of: credentials, namespaces, the task. */
#define HOOK_IS_CHECK (1U << 1)

/* How a caller asks: with audit or never so, in the initial user namespace or in its own. */
#define HOOK_ASKS_AUDITED (1U << 2)
#define HOOK_ASKS_INIT_NS (1U << 3)

#define HOOK_VALUES_MAX 4

/* A value that is at hand where the hook is. */
struct hook_value {
	enum fetch_value value;
	enum fetch_type type;
	bool word;        /* as long as the machine's; .type counts for nothing then */
	int arg;          /* of the function, from 1; 0: .expr */
	const char *expr; /* "": a field of a tracepoint, which has fetch_name()'s name there */
};

struct hook_row {
	const char *symbol;   /* the function to probe, or the "system/event" that it is or is on */
	const char *event;    /* what its probe's name starts with; NULL: nothing is defined */
	enum probe_type type; /* of that probe */
	unsigned int flags;   /* HOOK_IS_*, HOOK_ASKS_* */
	unsigned int caller;  /* CALLER_*: cap_capable may be inlined in it */
	int cap;              /* the capability that such a caller asks for */
	struct hook_value values[HOOK_VALUES_MAX]; /* the last one has neither .arg nor .expr */
	void (*fetch)(struct fetch *f, const struct hook_cfg *cfg); /* more of them; or NULL */
};

extern const struct hook_row hook_table[HOOKS_COUNT];

/* Rows' .fetch; those of start-up are in ftrace/probe/startup_probe.h. */
void hook_fetch_frame(struct fetch *f, const struct hook_cfg *cfg);
void hook_fetch_commit(struct fetch *f, const struct hook_cfg *cfg);

#endif
