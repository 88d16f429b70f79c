/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity: the container, pod or unit that a check belongs to, by the cgroup of the task. A thread
 * of its own, the worker, learns of each cgroup when it is made, reads the runtime's state before
 * that can be gone, and keeps what it found after the cgroup's end. An event is then only looked
 * up: tracing waits for the worker a moment at most, and once for each cgroup.
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
	const char *root; /* where the runtimes' state is: "", or a folder in place of / */
	const struct filter *filter;    /* its rules on identity decide which cgroups are wanted */
	struct pending_target *pending; /* NULL: no names were given */
	bool containers;                /* somebody looks at containers, and not only at units */
};

/* All of @cfg is borrowed. -ENOENT if there are no cgroups here. */
int identity_new(struct identity **id, const struct identity_cfg *cfg, struct err *e);

/* Which cgroup of a task counts: the backend is configured with it, for the field cgroup_key. */
const struct cgroup_hierarchy *identity_hierarchy(const struct identity *id);

/*
 * Whether the fields of a backend, FIELD(…), are enough to know who asked: a key, or the id, which
 * is the key where version 2 is all there is.
 */
bool identity_served(const struct identity *id, uint64_t fields);

/*
 * Starts the thread, which learns of new cgroups by @feed and tells it which ones are wanted. @feed
 * is borrowed until identity_stop(); NULL: the file system is watched. Returns when all cgroups
 * that are there now are known.
 */
int identity_start(struct identity *id, struct cgroup_feed *feed, struct err *e);

/* Sets the identity fields of @ev; what they point to is valid until identity_sweep(). */
void identity_fill(struct identity *id, struct cap_event *ev);

/* To be called between events: frees what identity_fill() set and nobody uses any more. */
void identity_sweep(struct identity *id);

/* Events whose cgroup was gone before anybody could tell which it was. */
uint64_t identity_unknown(const struct identity *id);

/* Before the backend, whose feed it is, is closed. */
void identity_stop(struct identity *id);
void identity_free(struct identity *id);

#endif
