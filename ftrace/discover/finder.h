/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for the layout with one reference task: what its files share. What was found goes to
 * the context's layout at once; nothing of it is used before discovery_verify() has agreed.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_FINDER_H
#define CAPTRACE_FTRACE_DISCOVER_FINDER_H

#include "compat/host/machine.h"
#include "ftrace/discover/dump.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/discover/trial.h"
#include "ftrace/probe/probe_context.h"

#define FINDER_TASK_SIZE   12288 /* a task_struct is found in */
#define FINDER_CGROUPS_FAR 2048  /* task_struct.cgroups is this near after comm */

struct finder {
	struct probe_context *ctx;
	struct layout *l;            /* the context's */
	struct trial *t;             /* of the reference task's checks */
	int hierarchy;               /* of version 1, that counts; 0: none */
	char current[32];            /* the task's expression; empty: none */
	unsigned char *task, *later; /* FINDER_TASK_SIZE bytes each */
};

/* @size bytes of the kernel's memory that were, or will be, dumped to @data. */
static inline struct dump finder_memory(const struct finder *f, const unsigned char *data,
					size_t size)
{
	return (struct dump){data, size, f->ctx->machine->word};
}

/*
 * Where the second of two dumps of @size bytes at @from behind @base, made after the reference task
 * did @act, has another pointer: its offset, -1 for nowhere, or another negative errno.
 */
int finder_changed(struct finder *f, const char *base, size_t from, size_t size,
		   enum reference_act act, struct err *e);

/* ftrace/discover/find_task.c: what hangs off the current task, in this order */
int finder_task(struct finder *f, struct err *e);
int finder_status(struct finder *f, struct err *e);
int finder_mntns(struct finder *f, struct err *e);

/* ftrace/discover/find_cgroup.c */
int finder_cgroup(struct finder *f, struct err *e);

/*
 * ftrace/discover/find_v1.c: the way from the task to its cgroup in the hierarchy of version 1 that
 * counts; sets the context's v1, too, or says why not.
 */
int finder_v1(struct finder *f, struct err *e);

#endif
