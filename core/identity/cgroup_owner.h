/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner of a cgroup: the container, pod or unit that it belongs to. It is made once and never
 * changed: when more becomes known a new one takes its place.
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
	uint64_t number;    /* tells owners apart: no two have the same */
	const char *cgroup; /* path; NULL: it was gone before anybody could tell */
	const char *runtime, *container, *containerid, *pod, *namespace, *unit;
	const char *const *labels; /* "key=value", ends with NULL; or NULL */
	bool complete;             /* nothing more is being looked up */
	bool retried;              /* the runtime did not know it yet, and is asked again */
	bool waited;               /* an event has waited for it; the session sets it */
	/* The cache's. */
	struct cgroup_owner *hash_next, *newer, *older;
};

/* What is known of one, to make it of. */
struct cgroup_owner_facts {
	uint64_t key;
	const char *cgroup;
	const char *containerid;
	const struct runtime *runtime;
	const struct container *container; /* NULL: the runtime's state is not known */
	bool complete;
};

/* All is copied. NULL if there is no memory. */
struct cgroup_owner *cgroup_owner_new(const struct cgroup_owner_facts *facts);

/* Sets the identity fields of @ev, which borrow from @owner. */
void cgroup_owner_fill(const struct cgroup_owner *owner, struct cap_event *ev);

/* After cgroup_owner_fill(): the container is @owner's, found by the mount namespace. */
void cgroup_owner_fill_container(const struct cgroup_owner *owner, struct cap_event *ev);

#endif
