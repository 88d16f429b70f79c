/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group of probes that belongs to this captrace and is named after it (ftrace/feed/owner_name.h).
 * The group removes the probes it defined; when it is created, it removes what killed captraces
 * left.
 */
#ifndef CAPTRACE_FTRACE_PROBE_PROBE_GROUP_H
#define CAPTRACE_FTRACE_PROBE_PROBE_GROUP_H

#include <stddef.h>

struct err;
struct fetch;
struct fetch_map;
struct probe_group;
struct tracedir;

enum probe_type {
	PROBE_ENTRY,  /* kprobe */
	PROBE_RETURN, /* kretprobe */
	PROBE_EVENT,  /* event probe (5.15) on "system/event" */
};

/* Creates the group, and removes the probes and instances of captraces that have ended. */
int probe_group_new(struct probe_group **g, const struct tracedir *t, struct err *e);

/*
 * Removes the group's probes and its owner's trace instances. Feeds that use them must have been
 * closed.
 */
void probe_group_free(struct probe_group *g);

const char *probe_group_name(const struct probe_group *g);

/* What the names of its owner's trace instances start with (owner_name.instances). */
const char *probe_group_instances(const struct probe_group *g);

struct probe_def {
	const char *event; /* the event's name in the group */
	enum probe_type type;
	const char *place; /* a function, or "system/event" for PROBE_EVENT */
};

/*
 * Defines the probe @def, which fetches @f, and sets @map to where the values are in its records.
 * Returns the event's number, or a negative errno with the kernel's own reason in @e.
 */
int probe_group_define(struct probe_group *g, const struct probe_def *def, struct fetch *f,
		       struct fetch_map *map, struct err *e);

int probe_group_remove(struct probe_group *g, const char *event);

/* The same for an existing event of the kernel: returns its number, and sets @map. */
int probe_group_find(const struct probe_group *g, const char *system, const char *event,
		     const struct fetch *f, struct fetch_map *map, struct err *e);

#endif
