/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where and with what probes are defined, and what is known of the kernel that they run in. A
 * backend and layout discovery share one; discovery fills in what it finds.
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
	char name[32]; /* who asks, for messages: "ftrace:perf" */
	const struct feed_ops *feed_ops;
	enum hook main;                         /* what is probed where all checks come by */
	const struct cgroup_hierarchy *cgroups; /* borrowed; NULL: nobody wants cgroup_key */

	/* Set by probe_context_open(). */
	struct tracedir *tracedir;
	struct features features; /* of this kernel */
	struct probe_group *group;
	const struct machine *machine;
	struct cpus cpus;    /* that are traced: those online at first */
	int cpus_room;       /* of whose the addresses are known: at least cpus.len */
	bool in_child_pidns; /* captrace is in a PID namespace of its own */

	/* What is found out (ftrace/discover/discovery.h). */
	struct layout layout;
	struct cgroup_v1 v1; /* .number 0: its hierarchies don't count, or there is no way there */
	uint64_t *current;   /* address of each CPU's current task, cpus_room; NULL: unknown */
	bool by_symbol;      /* a symbol tells them */
	bool comm;           /* $comm is known */
	bool no_arrays;      /* probes have no array types */
	bool no_compat;      /* x86-64: the kernel has no 32-bit system calls */
	bool no_userns;      /* no user namespace can be made */
	bool faults_missed; /* the kernel's count of missed hits counts values that can't be read */
	unsigned int trials; /* so far: their names tell them apart (ftrace/discover/trial.h) */
};

/*
 * Opens tracefs and makes the group. On an error, too, the context has to be closed. -EOPNOTSUPP on
 * a machine whose registers captrace doesn't know; else as tracedir_open() and probe_group_new().
 */
int probe_context_open(struct probe_context *c, struct err *e);

/* Removes the group's probes. @c itself is its owner's. */
void probe_context_close(struct probe_context *c);

/* Whether such probes and such a feed can be had here: 0, or -ENOENT or -EOPNOTSUPP and why not. */
int probe_context_check(struct probe_context *c, struct err *e);

#endif
