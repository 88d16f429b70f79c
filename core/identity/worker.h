/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker: identity's own thread, and the state that it shares with the session's thread. */
#ifndef CAPTRACE_CORE_IDENTITY_WORKER_H
#define CAPTRACE_CORE_IDENTITY_WORKER_H

#include <pthread.h>
#include <stdbool.h>

#include "core/identity/hierarchy.h"
#include "core/identity/identity.h"
#include "core/identity/resolver.h"

struct cap_event;
struct cgroup_feed;
struct owner_cache;
struct watch;

#define IDENTITY_REQUESTS 64
#define IDENTITY_RETRIES  64

struct identity {
	struct identity_cfg cfg;
	struct hierarchy hierarchy;
	bool has_node;
	char node[256];
	uint64_t unknown; /* the session's thread's own */
	pthread_t thread;
	bool running, stop;
	bool in_child_pidns; /* events have pids that captrace doesn't see processes by */
	bool left;           /* it hung and was not waited for */
	int wake;            /* eventfd: there is a request, or stop is set */
	uint64_t keep;       /* capabilities that the feed needs */

	/* The worker's own. */
	struct resolver resolver;
	int feed_fd; /* negative: by `watch` */
	struct watch *watch;
	struct retry {
		uint64_t key;
		char *path;
		unsigned int tries;
		uint64_t due; /* CLOCK_MONOTONIC, ms */
	} retries[IDENTITY_RETRIES];
	size_t retries_len;
	uint64_t numbers; /* of those made so far */

	/* Held while the feed is called. NULL: there is none, or it may not be called any more. */
	pthread_mutex_t feed_lock;
	struct cgroup_feed *feed;

	/* Held for all that follows. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct owner_cache *owners;
	bool scanned; /* what was there at the start is known */
	bool stuck;   /* the last request was not answered in time */
	struct request {
		uint64_t key;
		pid_t pid; /* of a mount namespace: who was in it */
	} requests[IDENTITY_REQUESTS];
	uint64_t asked, answered; /* requests so far */
};

/* What the thread runs: @identity is a struct identity. */
void *identity_worker(void *identity);

/* Sets the Kubernetes node of @ev, if this machine is one. */
void identity_fill_node(struct identity *id, struct cap_event *ev);

#endif
