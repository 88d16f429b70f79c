/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group of probes that is captrace's own, by the name of its owner (ftrace/feed/owner_name.h). It
 * removes what it defined, and at its start what captraces that were killed left behind.
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

/* Removes what dead owners left, too. */
int probe_group_new(struct probe_group **g, const struct tracedir *t, struct err *e);

/*
 * Removes its probes, and its instances; whoever uses them has to be gone, and
 * to have closed their pipes.
 */
void probe_group_free(struct probe_group *g);

const char *probe_group_name(const struct probe_group *g);

/* What the names of its owner's trace instances start with (owner_name.instances). */
const char *probe_group_instances(const struct probe_group *g);

/* A probe's event, by its name in the group, and where it is. */
struct probe_def {
	const char *event;
	enum probe_type type;
	const char *place; /* a function, or "system/event" for PROBE_EVENT */
};

/*
 * Defines @def, which fetches @f, and says in @map where its values will be. Returns the event's number;
 * a negative errno with the kernel's own reason in @e.
 */
int probe_group_define(struct probe_group *g, const struct probe_def *def, struct fetch *f,
		       struct fetch_map *map, struct err *e);

int probe_group_remove(struct probe_group *g, const char *event);

/* The same for an event of the kernel's own: its number, and where the values of @f are. */
int probe_group_find(const struct probe_group *g, const char *system, const char *event,
		     const struct fetch *f, struct fetch_map *map, struct err *e);

#endif
