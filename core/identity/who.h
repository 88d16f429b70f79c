/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who a cgroup stands for: made once, never changed. When more becomes known a new one takes its
 * place.
 */
#ifndef CAPTRACE_CORE_IDENTITY_WHO_H
#define CAPTRACE_CORE_IDENTITY_WHO_H

#include <stdbool.h>
#include <stdint.h>

struct cap_event;
struct cgroup_parts;
struct container;
struct runtime;

struct who {
	uint64_t key;
	uint64_t number;    /* of its own */
	const char *cgroup; /* path; NULL: it was gone before anybody could tell */
	const char *runtime, *container, *containerid, *pod, *namespace, *unit;
	const char *const *labels; /* "key=value", ends with NULL; or NULL */
	bool complete;             /* nothing more is being looked up */
	bool retried;              /* its state was not there, and is looked for again */
	bool waited;               /* an event has waited for it; the session sets it */
	/* The table's. */
	struct who *hash_next, *newer, *older;
};

struct who_facts {
	uint64_t key;
	const char *cgroup;
	const char *containerid;
	const struct runtime *runtime;
	const struct container *container; /* NULL: the runtime's state is not known */
	bool complete;
};

/* All is copied. NULL if there is no memory. */
struct who *who_new(const struct who_facts *facts);

/* Sets the identity fields of @ev, which borrow from @s. */
void who_fill(const struct who *s, struct cap_event *ev);

/* After who_fill(): the container is that of @s, which is known by the mount namespace. */
void who_fill_container(const struct who *s, struct cap_event *ev);

#endif
