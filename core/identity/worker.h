/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker, identity's own thread, and the state that it shares with the session's thread. */
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
	uint64_t unknown; /* used by the session's thread only */
	pthread_t thread;
	bool running, stop;
	bool in_child_pidns; /* captrace doesn't see processes by the pids in events */
	bool left;           /* the worker hung and was not waited for */
	int wake;            /* eventfd: there is a request, or stop is set */
	uint64_t keep;       /* capabilities that the feed needs */

	/* Used by the worker only. */
	struct resolver resolver;
	int feed_fd; /* negative: `watch` is used */
	struct watch *watch;
	struct retry {
		uint64_t key;
		char *path;
		unsigned int tries;
		uint64_t due; /* ms of CLOCK_MONOTONIC */
	} retries[IDENTITY_RETRIES];
	size_t retries_len;
	uint64_t numbers; /* the number of the newest owner */

	/*
	 * feed_lock is held while the feed is called. feed is NULL if there is none or it must not
	 * be called any more.
	 */
	pthread_mutex_t feed_lock;
	struct cgroup_feed *feed;

	/* Protects everything below. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct owner_cache *owners;
	bool scanned; /* the cgroups that existed at the start are known */
	bool stuck;   /* the last request was not answered in time */
	struct request {
		uint64_t key;
		pid_t pid; /* for a mount namespace: a process in it */
	} requests[IDENTITY_REQUESTS];
	uint64_t asked, answered; /* numbers of requests */
};

/* The thread's start function: @identity is a struct identity. */
void *identity_worker(void *identity);

/* Sets the Kubernetes node of @ev, if this machine is one. */
void identity_fill_node(struct identity *id, struct cap_event *ev);

#endif
