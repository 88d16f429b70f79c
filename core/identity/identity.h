/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity: finds the container, pod or unit that a check belongs to, by the cgroup of the task. A
 * thread of its own, the worker, is told of each new cgroup, reads the runtime's state before that
 * can disappear, and keeps the result after the cgroup is gone. For an event, identity only looks
 * up that result: tracing waits for the worker for a moment at most, and once per cgroup.
 */
#ifndef CAPTRACE_CORE_IDENTITY_IDENTITY_H
#define CAPTRACE_CORE_IDENTITY_IDENTITY_H

#include "core/event/cgroup.h"

struct cap_event;
struct cgroup_feed;
struct err;
struct filter;
struct identity;
struct pending_target;

struct identity_cfg {
	const char *root; /* root of the runtimes' state: "", or a folder that stands for / */
	const struct filter
		*filter; /* its rules on identity fields decide which cgroups are wanted */
	struct pending_target *pending; /* NULL: the user named no targets */
	bool containers;                /* container fields are needed, too, not only units */
};

/* Borrows all of @cfg. -ENOENT if there are no cgroups here. */
int identity_new(struct identity **id, const struct identity_cfg *cfg, struct err *e);

/* Which of a task's cgroups counts. The backend is configured with it, for the field cgroup_key. */
const struct cgroup_hierarchy *identity_hierarchy(const struct identity *id);

/*
 * Whether the fields of a backend, FIELD(…), are enough to identify a task's container or unit.
 * That takes a cgroup key, or the cgroup id, which is the key where only version 2 is in use.
 */
bool identity_served(const struct identity *id, uint64_t fields);

/*
 * Starts the worker, which is told of new cgroups through @feed and tells it which ones are wanted.
 * @feed is borrowed until identity_stop(); NULL: the worker watches the file system. Returns when
 * the cgroups that exist now are known, or after 2 s.
 */
int identity_start(struct identity *id, struct cgroup_feed *feed, struct err *e);

/* Sets the identity fields of @ev; what they point to is valid until identity_sweep(). */
void identity_fill(struct identity *id, struct cap_event *ev);

/* To be called between events: frees old values that identity_fill() handed out. */
void identity_sweep(struct identity *id);

/* The number of events whose cgroup was gone before it could be looked up. */
uint64_t identity_unknown(const struct identity *id);

/* Stops the worker. To be called before the backend, which owns the feed, is closed. */
void identity_stop(struct identity *id);
void identity_free(struct identity *id);

#endif
