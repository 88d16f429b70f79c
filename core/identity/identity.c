// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/identity.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/pidns.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/identity/cgroup_feed.h"
#include "core/identity/cgroup_owner.h"
#include "core/identity/kube.h"
#include "core/identity/owner_cache.h"
#include "core/identity/pending_target.h"
#include "core/identity/watch.h"
#include "core/identity/worker.h"

/*
 * Owners in the cache, a few hundred bytes each. If there are more cgroups, those that were dropped
 * are looked up again when needed.
 */
#define OWNERS_MAX 8192

#define SCAN_WAIT_MS  2000
#define EVENT_WAIT_MS 250
#define STOP_WAIT_MS  500

static uint64_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

/*
 * Mount namespaces matter only for containers, and only where captrace sees processes by the same
 * pids that events have.
 */
static void find_namespaces(struct identity *id)
{
	id->in_child_pidns = pidns_is_child();
	/* kthreadd's namespace: captrace may not be permitted to look at PID 1's. */
	if (id->cfg.containers && !id->in_child_pidns)
		id->hierarchy.chosen.host_mntns = (uint32_t)inode_of("/proc/2/ns/mnt");
}

int identity_new(struct identity **out, const struct identity_cfg *cfg, struct err *e)
{
	struct identity *id = calloc(1, sizeof(*id));
	int rc;

	if (!id)
		return err_nomem(e);
	id->cfg = *cfg;
	id->resolver.env.root = cfg->root;
	id->wake = -1;
	rc = hierarchy_find(&id->hierarchy, "", e);
	if (rc) {
		free(id);
		return rc;
	}
	find_namespaces(id);
	id->has_node = !kube_node(&id->resolver.env, id->node, sizeof(id->node));
	id->owners = owner_cache_new(OWNERS_MAX);
	id->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&id->lock, NULL);
	pthread_mutex_init(&id->feed_lock, NULL);
	pthread_cond_init(&id->changed, NULL);
	if (!id->owners || id->wake < 0) {
		rc = id->owners ? err_sys(e, -errno, "identity") : err_nomem(e);
		identity_free(id);
		return rc;
	}
	*out = id;
	return 0;
}

const struct cgroup_hierarchy *identity_hierarchy(const struct identity *id)
{
	return &id->hierarchy.chosen;
}

bool identity_served(const struct identity *id, uint64_t fields)
{
	if (fields & FIELD(CGROUP_KEY))
		return true;
	return fields & FIELD(CGROUPID) && !id->hierarchy.chosen.v1;
}

/* Blocks all signals in the new thread. */
static int start_thread(struct identity *id)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&id->thread, NULL, identity_worker, id);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

int identity_start(struct identity *id, struct cgroup_feed *feed, struct err *e)
{
	struct timespec end = clock_deadline(SCAN_WAIT_MS);
	int rc = 0, late = 0;

	id->feed = feed;
	id->keep = feed ? feed->keep : 0;
	id->feed_fd = feed ? feed->fd : -1;
	if (id->feed_fd < 0)
		rc = watch_new(&id->watch, &id->hierarchy, e);
	if (rc)
		return rc;
	log_verbose("identity: uses cgroups of version %s; %s reports new ones",
		    id->hierarchy.chosen.v1 ? "1 and 2" : "2",
		    id->feed_fd >= 0 ? "the backend" : "inotify");
	rc = start_thread(id);
	if (rc)
		return err_sys(e, rc, "starting a thread");
	id->running = true;
	pthread_mutex_lock(&id->lock);
	while (!id->scanned && !late)
		late = pthread_cond_timedwait(&id->changed, &id->lock, &end);
	if (id->cfg.pending && id->scanned)
		pending_target_tell(id->cfg.pending, &id->resolver.env);
	pthread_mutex_unlock(&id->lock);
	if (late)
		log_note("reading a container runtime's state takes long: tracing starts without "
			 "it, "
			 "and names may be missing at first");
	return 0;
}

/*
 * Asks the worker for the owner of @key and waits for the answer. If the worker did not answer in
 * time, it is not waited for again until it has caught up.
 */
static const struct cgroup_owner *wait_for(struct identity *id, uint64_t key, pid_t pid)
{
	struct timespec end = clock_deadline(EVENT_WAIT_MS);
	struct cgroup_owner *owner;
	uint64_t ticket;
	int late = 0;

	if (id->stuck || id->asked - id->answered == IDENTITY_REQUESTS)
		return owner_cache_find(id->owners, key);
	id->requests[id->asked % IDENTITY_REQUESTS] = (struct request){key, pid};
	ticket = ++id->asked;
	eventfd_write(id->wake, 1);
	do {
		owner = owner_cache_find(id->owners, key);
		if ((owner && owner->complete) ||
		    (id->answered >= ticket && (!owner || !owner->retried)))
			break;
		late = pthread_cond_timedwait(&id->changed, &id->lock, &end);
	} while (!late);
	if (late && id->answered < ticket) {
		id->stuck = true;
		log_note("reading a container runtime's state takes long: names may be missing");
	}
	owner = owner_cache_find(id->owners, key);
	if (owner)
		owner->waited = true;
	return owner;
}

static bool key_of(const struct identity *id, const struct cap_event *ev, uint64_t *key)
{
	*key = ev->cgroup_key;
	if (event_has(ev, FIELD(CGROUP_KEY)))
		return true;
	/* Where only version 2 is in use, the cgroup id is the key. */
	*key = ev->cgroupid;
	return event_has(ev, FIELD(CGROUPID)) && !id->hierarchy.chosen.v1;
}

/* To be called with the lock held. */
static const struct cgroup_owner *find(struct identity *id, uint64_t key, pid_t pid)
{
	const struct cgroup_owner *owner = owner_cache_find(id->owners, key);

	return !owner || (!owner->complete && !owner->waited) ? wait_for(id, key, pid) : owner;
}

/* Identifies a container that has no cgroup of its own by its mount namespace. */
static void fill_by_mntns(struct identity *id, struct cap_event *ev)
{
	uint32_t host = id->hierarchy.chosen.host_mntns;
	const struct cgroup_owner *owner;

	if (!host || !event_has(ev, FIELD(MNTNS)) || !ev->mntns || ev->mntns == host)
		return;
	owner = find(id, CGROUP_KEY_MNTNS | ev->mntns, event_has(ev, FIELD(PID)) ? ev->pid : 0);
	if (owner && owner->containerid)
		cgroup_owner_fill_container(owner, ev);
}

void identity_fill(struct identity *id, struct cap_event *ev)
{
	const struct cgroup_owner *owner = NULL;
	uint64_t key;
	bool known;

	identity_fill_node(id, ev);
	known = key_of(id, ev, &key);
	pthread_mutex_lock(&id->lock);
	if (known)
		owner = find(id, key, 0);
	if (owner)
		cgroup_owner_fill(owner, ev);
	if (!owner || !owner->containerid)
		fill_by_mntns(id, ev);
	pthread_mutex_unlock(&id->lock);
	if (known && (!owner || !owner->cgroup))
		id->unknown++;
}

void identity_sweep(struct identity *id)
{
	pthread_mutex_lock(&id->lock);
	owner_cache_sweep(id->owners);
	pthread_mutex_unlock(&id->lock);
}

uint64_t identity_unknown(const struct identity *id)
{
	return id->unknown;
}

void identity_stop(struct identity *id)
{
	struct timespec end = clock_deadline(STOP_WAIT_MS);

	if (!id || !id->running || id->left)
		return;
	__atomic_store_n(&id->stop, true, __ATOMIC_SEQ_CST);
	eventfd_write(id->wake, 1);
	if (!pthread_timedjoin_np(id->thread, NULL, &end)) {
		id->running = false;
		return;
	}
	/* The worker hangs in a file system. If it ever returns, it must not call the backend. */
	pthread_mutex_lock(&id->feed_lock);
	id->feed = NULL;
	pthread_mutex_unlock(&id->feed_lock);
	pthread_detach(id->thread);
	id->left = true;
}

void identity_free(struct identity *id)
{
	if (!id || id->running) /* a hanging worker still uses all of it */
		return;
	owner_cache_free(id->owners);
	watch_free(id->watch);
	if (id->wake >= 0)
		close(id->wake);
	pthread_mutex_destroy(&id->lock);
	pthread_mutex_destroy(&id->feed_lock);
	pthread_cond_destroy(&id->changed);
	free(id);
}
