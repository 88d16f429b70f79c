/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup feed: a backend reports new cgroups to identity through it, and identity tells the
 * backend which cgroups are wanted.
 */
#ifndef CAPTRACE_CORE_IDENTITY_CGROUP_FEED_H
#define CAPTRACE_CORE_IDENTITY_CGROUP_FEED_H

#include <stdint.h>

#include "core/event/cgroup.h"

/*
 * A backend embeds this in its own state (container_of).
 *
 * THREAD RULE. Two threads meet here: the session's, which calls the backend, and identity's own
 * (the worker).
 * - The session's thread creates the feed in the backend's open() and frees it in its close(). The
 *   members don't change in between.
 * - From identity_start() to identity_stop(), only the worker polls @fd and calls drain() and
 *   set_wanted(). It holds identity's feed_lock during each call, so that no two run at the same
 *   time. It does not hold the lock on the owner cache, so that a slow call doesn't hold up events.
 * - Meanwhile the session's thread calls the backend's other functions. What drain() and
 *   set_wanted() share with those must be constant from open() to close(), or locked by the
 *   backend.
 * - After identity_stop() nothing here is called or polled any more, not even by a worker that hung
 *   in a file system and was not waited for. Only then may the backend be closed.
 */
struct cgroup_feed {
	/*
	 * Readable when there are events of new cgroups in the hierarchies that count. A cgroup's
	 * event is available before any check by its tasks. Negative: the backend does not report
	 * new cgroups; identity watches the file system instead and doesn't call drain().
	 */
	int fd;

	/*
	 * The capabilities (a bit each) that drain() and set_wanted() need. The worker keeps them
	 * and drops all others.
	 */
	uint64_t keep;

	/*
	 * Calls @fn for each available event and returns without waiting. @fn copies the event,
	 * does not call the backend and takes no lock.
	 */
	void (*drain)(struct cgroup_feed *, void (*fn)(void *arg, const struct cgroup_new *),
		      void *arg);

	/*
	 * Tells the backend whether checks by tasks in the cgroup @key need not be delivered
	 * (CGROUP_UNWANTED) or must be. Checks in cgroups that it was not called for must be
	 * delivered. NULL: the backend leaves nothing out by cgroup.
	 */
	void (*set_wanted)(struct cgroup_feed *, uint64_t key, enum cgroup_verdict verdict);
};

#endif
