/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What defining probes requires (tracefs, the group of probes), and what is known about the kernel.
 * A backend shares one context with layout discovery, which fills in what it finds.
 */
#ifndef CAPTRACE_FTRACE_PROBE_PROBE_CONTEXT_H
#define CAPTRACE_FTRACE_PROBE_PROBE_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/host/features.h"
#include "compat/layout/layout.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/probe/cgroup_v1.h"
#include "ftrace/probe/hook.h"

struct cgroup_hierarchy;
struct err;
struct feed_ops;
struct machine;
struct probe_group;
struct tracedir;

struct probe_context {
	/* Set by its owner. */
	char name[32]; /* the backend's name in messages: "ftrace:perf" */
	const struct feed_ops *feed_ops;
	enum hook main; /* the hook for all checks but those of inlined callers */
	const struct cgroup_hierarchy *cgroups; /* borrowed; NULL: cgroup_key is not wanted */

	/* Set by probe_context_open(). */
	struct tracedir *tracedir;
	struct features features; /* of this kernel */
	struct probe_group *group;
	const struct machine *machine;
	struct cpus cpus;    /* CPUs that are traced; at first those that are online */
	int cpus_room;       /* length of .current: at least cpus.len */
	bool in_child_pidns; /* captrace runs in a PID namespace that is not the initial one */

	/* Set by discovery (ftrace/discover/discovery.h). */
	struct layout layout;
	struct cgroup_v1 v1; /* .number 0: not used, or a task's cgroup there cannot be reached */
	uint64_t *current;   /* address of each CPU's pointer to its current task; NULL: unknown */
	bool by_symbol;      /* .current comes from a kernel symbol */
	bool comm;           /* the kernel supports $comm */
	bool no_arrays;      /* probes have no array types */
	bool no_compat;      /* x86-64: the kernel supports no 32-bit system calls */
	bool no_userns;      /* user namespaces cannot be created */
	bool faults_missed;  /* the kernel counts values that it cannot read as missed hits */
	unsigned int trials; /* number so far, for unique names (ftrace/discover/trial.h) */
};

/*
 * Opens tracefs and creates the group of probes. The caller has to close the context after an
 * error, too. -EOPNOTSUPP on a machine whose registers captrace does not know; other errors are
 * those of tracedir_open() and probe_group_new().
 */
int probe_context_open(struct probe_context *c, struct err *e);

/* Removes the group's probes and closes tracefs. Does not free @c itself. */
void probe_context_close(struct probe_context *c);

/* Whether the main hook and the feed work here: 0, or -ENOENT or -EOPNOTSUPP with a reason. */
int probe_context_check(struct probe_context *c, struct err *e);

#endif
