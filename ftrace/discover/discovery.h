/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of layout discovery share. */
#ifndef CAPTRACE_FTRACE_DISCOVER_DISCOVERY_H
#define CAPTRACE_FTRACE_DISCOVER_DISCOVERY_H

#include "backends/ftrace/backend.h"
#include "ftrace/discover/dump.h"
#include "ftrace/discover/layout_find.h"
#include "ftrace/discover/reference_task.h"

#define DISCOVERY_TASK_SIZE 12288 /* a task_struct is found in */

struct discovery {
	struct ftrace_backend *b;
	struct layout *l;
	struct reference_task *w;
	struct trial *t;
	int hierarchy;               /* of version 1, that counts; 0: none */
	char current[32];            /* the task's expression; empty: none */
	unsigned char *task, *later; /* DISCOVERY_TASK_SIZE bytes each */
};

/* Dumps @size bytes at @from behind @base to @out, as the reference task does @act. */
int discovery_dump(struct discovery *d, const char *base, size_t from, size_t size,
		   enum reference_act act, unsigned char *out, struct dump_request *got,
		   struct err *e);

/* @size bytes of the kernel's memory that were dumped to @data. */
struct dump discovery_memory(const struct discovery *d, const unsigned char *data, size_t size);

/*
 * Where the second of two dumps, made after the reference task acted, has another pointer: its
 * offset, -1 for nowhere, or another negative errno.
 */
int discovery_changed(struct discovery *d, const char *base, size_t from, size_t size,
		      enum reference_act act, struct err *e);

/* ftrace/discover/discover_task.c: what hangs off the current task, in this order */
int discovery_find_task(struct discovery *d, struct err *e);
int discovery_find_status(struct discovery *d, struct err *e);
int discovery_find_mntns(struct discovery *d, struct err *e);

/* ftrace/discover/discover_cgroup.c */
int discovery_find_cgroup(struct discovery *d, struct err *e);
int discovery_find_v1(struct discovery *d, struct err *e);

#endif
