// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/worker.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "core/base/clock.h"
#include "core/base/drop_caps.h"
#include "core/base/util.h"
#include "core/event/event.h"
#include "core/event/filter.h"
#include "core/identity/cgroup_feed.h"
#include "core/identity/cgroup_owner.h"
#include "core/identity/owner_cache.h"
#include "core/identity/pending_target.h"
#include "core/identity/watch.h"

/*
 * Runtimes write their state before they create the cgroup. In case one is slower, the worker looks
 * again after these delays (in ms) and then gives up.
 */
static const unsigned int retry_ms[] = {20, 80, 400};

/*
 * Whether the filter may pass events of @owner. A mount namespace only adds its container to an
 * event, so that it makes events wanted only if the filter asks for containers and passes this one.
 */
static bool wanted(const struct identity *id, const struct cgroup_owner *owner,
		   const struct cap_event *ev)
{
	const struct filter *f = id->cfg.filter;

	if (!cgroup_key_is_mntns(owner->key))
		return filter_match_given(f, FIELDS_IDENTITY, ev);
	return owner->containerid && filter_needs(f) & FIELDS_CONTAINER &&
	       filter_match_given(f, FIELDS_CONTAINER, ev);
}

static void set_wanted(struct identity *id, uint64_t key, enum cgroup_verdict verdict)
{
	struct cgroup_feed *feed;

	pthread_mutex_lock(&id->feed_lock);
	feed = id->feed;
	if (feed && feed->set_wanted)
		feed->set_wanted(feed, key, verdict);
	pthread_mutex_unlock(&id->feed_lock);
}

void identity_fill_node(struct identity *id, struct cap_event *ev)
{
	if (!id->has_node)
		return;
	ev->node = id->node;
	ev->have |= FIELD(NODE);
}

/* Takes ownership of @owner and makes it visible to the session's thread. */
static void publish(struct identity *id, struct cgroup_owner *owner)
{
	struct cap_event ev = {0};
	uint64_t key = owner->key;
	bool known = owner->complete && (owner->cgroup || cgroup_key_is_mntns(key)), want;

	owner->number = ++id->numbers;
	cgroup_owner_fill(owner, &ev);
	identity_fill_node(id, &ev);
	want = wanted(id, owner, &ev);
	pthread_mutex_lock(&id->lock);
	if (known && id->cfg.pending)
		pending_target_see(id->cfg.pending, &ev);
	owner_cache_put(id->owners, owner);
	pthread_cond_broadcast(&id->changed);
	pthread_mutex_unlock(&id->lock);
	/*
	 * A cgroup that is not fully known yet may turn out to be wanted, so that the backend still
	 * delivers its checks.
	 */
	if (known)
		set_wanted(id, key, want ? CGROUP_WANTED : CGROUP_UNWANTED);
}

/*
 * @path is the cgroup's, or NULL if unknown. If it differs from the known one, a new cgroup has got
 * the id of one that is gone (core/event/cgroup.h).
 */
static bool is_known(struct identity *id, uint64_t key, const char *path)
{
	const struct cgroup_owner *owner;
	bool known;

	pthread_mutex_lock(&id->lock);
	owner = owner_cache_find(id->owners, key);
	known = owner && (owner->cgroup || owner->containerid) &&
		(owner->complete || owner->retried) &&
		(!path || !owner->cgroup || !strcmp(path, owner->cgroup));
	pthread_mutex_unlock(&id->lock);
	return known;
}

static bool add_retry(struct identity *id, uint64_t key, const char *path, unsigned int tries)
{
	struct retry *r = &id->retries[id->retries_len];

	if (tries == ARRAY_SIZE(retry_ms) || id->retries_len == IDENTITY_RETRIES)
		return false;
	*r = (struct retry){
		.key = key,
		.path = strdup(path),
		.tries = tries,
		.due = clock_mono_ms() + retry_ms[tries],
	};
	id->retries_len += r->path != NULL;
	return r->path != NULL;
}

static void look_up(struct identity *id, uint64_t key, const char *path, unsigned int tries)
{
	bool last = tries == ARRAY_SIZE(retry_ms);
	struct cgroup_owner *owner = resolver_by_state(&id->resolver, key, path, last);

	if (!owner)
		return;
	if (!owner->complete) {
		owner->retried = add_retry(id, key, path, tries);
		owner->complete = !owner->retried;
	}
	publish(id, owner);
}

static void learn(void *arg, uint64_t key, const char *path)
{
	struct identity *id = arg;
	struct cgroup_owner *owner;
	bool complete;

	if (is_known(id, key, path))
		return;
	owner = resolver_by_path(key, path);
	if (!owner)
		return;
	complete = owner->complete;
	publish(id, owner);
	if (!complete)
		look_up(id, key, path, 0);
}

static void on_scanned(void *arg, uint64_t key, const char *path)
{
	struct identity *id = arg;

	if (id->watch)
		watch_add(id->watch, key, path);
	learn(id, key, path);
}

static void learn_mntns(struct identity *id, uint64_t key, pid_t pid)
{
	struct cgroup_owner *owner;

	if (is_known(id, key, NULL))
		return;
	owner = resolver_by_process(&id->resolver, key, id->in_child_pidns ? 0 : pid);
	if (owner)
		publish(id, owner);
}

/*
 * An event copied out of the feed, so that feed_lock is not held while a runtime's state is read.
 */
struct cgroup_event {
	struct cgroup_event *next;
	uint64_t key;
	pid_t pid;
	char path[]; /* "": the event is about a mount namespace */
};

struct event_list {
	struct cgroup_event *first, **last;
};

static void keep_event(void *arg, const struct cgroup_new *cgroup)
{
	struct event_list *list = arg;
	const char *path = cgroup->path ? cgroup->path : "";
	struct cgroup_event *n = malloc(sizeof(*n) + strlen(path) + 1);

	if (!n)
		return;
	n->next = NULL;
	n->key = cgroup->key;
	n->pid = cgroup->pid;
	memcpy(n->path, path, strlen(path) + 1);
	*list->last = n;
	list->last = &n->next;
}

static void read_feed(struct identity *id)
{
	struct event_list list = {.last = &list.first};

	pthread_mutex_lock(&id->feed_lock);
	if (id->feed)
		id->feed->drain(id->feed, keep_event, &list);
	pthread_mutex_unlock(&id->feed_lock);
	while (list.first) {
		struct cgroup_event *n = list.first;

		list.first = n->next;
		if (n->path[0])
			learn(id, n->key, n->path);
		else
			learn_mntns(id, n->key, n->pid);
		free(n);
	}
}

static void read_events(struct identity *id)
{
	if (id->watch)
		watch_read(id->watch, learn, id);
	else
		read_feed(id);
}

/*
 * Looks up a cgroup that the feed did not report: it is older than the feed, or was removed from
 * the cache since.
 */
static void find_out(struct identity *id, uint64_t key, pid_t pid)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup_owner *owner;

	if (is_known(id, key, NULL))
		return;
	if (cgroup_key_is_mntns(key)) {
		learn_mntns(id, key, pid);
		return;
	}
	if (!hierarchy_path(&id->hierarchy, key, path, sizeof(path))) {
		learn(id, key, path);
		return;
	}
	owner = cgroup_owner_new(&(struct cgroup_owner_facts){.key = key, .complete = true});
	if (owner)
		publish(id, owner);
}

static void answer_requests(struct identity *id)
{
	pthread_mutex_lock(&id->lock);
	while (id->answered < id->asked && !__atomic_load_n(&id->stop, __ATOMIC_SEQ_CST)) {
		struct request r = id->requests[id->answered % IDENTITY_REQUESTS];

		pthread_mutex_unlock(&id->lock);
		find_out(id, r.key, r.pid);
		pthread_mutex_lock(&id->lock);
		id->answered++;
		pthread_cond_broadcast(&id->changed);
	}
	id->stuck = false;
	pthread_mutex_unlock(&id->lock);
}

static void try_again(struct identity *id)
{
	uint64_t now = clock_mono_ms();

	for (size_t i = 0; i < id->retries_len;) {
		struct retry r = id->retries[i];

		if (r.due > now) {
			i++;
			continue;
		}
		id->retries[i] = id->retries[--id->retries_len];
		look_up(id, r.key, r.path, r.tries + 1);
		free(r.path);
	}
}

/* Time until the next retry; -1 if none is due. */
static int wait_ms(const struct identity *id)
{
	uint64_t now = clock_mono_ms(), next = UINT64_MAX;

	for (size_t i = 0; i < id->retries_len; i++)
		next = MIN(next, id->retries[i].due);
	if (next == UINT64_MAX)
		return -1;
	return next > now ? (int)(next - now) : 0;
}

void *identity_worker(void *arg)
{
	struct identity *id = arg;
	struct pollfd fds[] = {
		{.fd = id->wake, .events = POLLIN},
		{.fd = id->watch ? watch_fd(id->watch) : id->feed_fd, .events = POLLIN},
	};
	eventfd_t ignored;

	drop_caps(id->keep);
	hierarchy_scan(&id->hierarchy, on_scanned, id);
	pthread_mutex_lock(&id->lock);
	id->scanned = true;
	pthread_cond_broadcast(&id->changed);
	pthread_mutex_unlock(&id->lock);
	while (!__atomic_load_n(&id->stop, __ATOMIC_SEQ_CST)) {
		poll(fds, ARRAY_SIZE(fds), wait_ms(id));
		eventfd_read(id->wake, &ignored);
		/* New cgroups first, as a request may be about one of them. */
		read_events(id);
		answer_requests(id);
		try_again(id);
	}
	while (id->retries_len)
		free(id->retries[--id->retries_len].path);
	return NULL;
}
