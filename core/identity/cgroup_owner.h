/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner of a cgroup: the container, pod or unit that it belongs to. An owner is made once and
 * never changed; when more becomes known, a new one takes its place.
 */
#ifndef CAPTRACE_CORE_IDENTITY_CGROUP_OWNER_H
#define CAPTRACE_CORE_IDENTITY_CGROUP_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct cap_event;
struct container;
struct runtime;

struct cgroup_owner {
	uint64_t key;
	uint64_t number;    /* unique, also among owners of the same cgroup */
	const char *cgroup; /* path; NULL: the cgroup was gone before it could be looked up */
	const char *runtime, *container, *containerid, *pod, *namespace, *unit;
	const char *const *labels; /* "key=value", ends with NULL; or NULL */
	bool complete;             /* no further lookup will add to it */
	bool retried;              /* the runtime did not know it yet and will be asked again */
	bool waited;               /* an event has waited for it; set by the session's thread */
	/* Links of the owner cache. */
	struct cgroup_owner *hash_next, *newer, *older;
};

/* What is known about an owner; cgroup_owner_new() makes one from it. */
struct cgroup_owner_facts {
	uint64_t key;
	const char *cgroup;
	const char *containerid;
	const struct runtime *runtime;
	const struct container *container; /* NULL: the runtime's state is unknown */
	bool complete;
};

/* Copies all of @facts. NULL if there is no memory. */
struct cgroup_owner *cgroup_owner_new(const struct cgroup_owner_facts *facts);

/* Sets the identity fields of @ev, which then point into @owner. */
void cgroup_owner_fill(const struct cgroup_owner *owner, struct cap_event *ev);

/*
 * Sets the container fields of @ev from @owner, which was found by the mount namespace. Where both
 * are called, cgroup_owner_fill() comes first.
 */
void cgroup_owner_fill_container(const struct cgroup_owner *owner, struct cap_event *ev);

#endif
