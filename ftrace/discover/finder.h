/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that search for the layout with one reference task. They write what they find
 * to the context's layout at once, but it is not used before discovery_verify() has confirmed it.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_FINDER_H
#define CAPTRACE_FTRACE_DISCOVER_FINDER_H

#include "compat/host/machine.h"
#include "ftrace/discover/dump.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/discover/trial.h"
#include "ftrace/probe/probe_context.h"

#define FINDER_TASK_SIZE   12288 /* the bytes of a task_struct that are searched at most */
#define FINDER_CGROUPS_FAR 2048  /* task_struct.cgroups is at most this far behind comm */

struct finder {
	struct probe_context *ctx;
	struct layout *l;            /* the context's */
	struct trial *t;             /* of the reference task's checks */
	int hierarchy;               /* the version 1 hierarchy that is used; 0: none */
	char current[32];            /* the fetch expression of the current task; "": unknown */
	unsigned char *task, *later; /* FINDER_TASK_SIZE bytes each */
};

/* Describes @data as @size bytes of kernel memory that were, or will be, dumped there. */
static inline struct dump finder_memory(const struct finder *f, const unsigned char *data,
					size_t size)
{
	return (struct dump){data, size, f->ctx->machine->word};
}

/*
 * Dumps @size bytes from offset @from of @base on before and after the reference task does @act.
 * Returns the offset of the first pointer that changed, -1 if none did, or another negative errno.
 */
int finder_changed(struct finder *f, const char *base, size_t from, size_t size,
		   enum reference_act act, struct err *e);

/* ftrace/discover/find_task.c: the current task; to be called in this order */
int finder_task(struct finder *f, struct err *e);
int finder_status(struct finder *f, struct err *e);
int finder_mntns(struct finder *f, struct err *e);

/* ftrace/discover/find_cgroup.c */
int finder_cgroup(struct finder *f, struct err *e);

/*
 * ftrace/discover/find_v1.c: the path from the task to its cgroup in the version 1 hierarchy that
 * is used. Also sets the context's v1, or logs why not.
 */
int finder_v1(struct finder *f, struct err *e);

#endif
