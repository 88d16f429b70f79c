/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup feed: what a backend may give to identity, and what identity tells it in return. */
#ifndef CAPTRACE_CORE_IDENTITY_CGROUP_FEED_H
#define CAPTRACE_CORE_IDENTITY_CGROUP_FEED_H

#include <stdint.h>

#include "core/event/cgroup.h"

/*
 * A backend embeds it in its own state (container_of).
 *
 * THREAD RULE. Two threads meet here: the session's, which calls the backend, and identity's own.
 * - The session's thread makes the feed in the backend's open() and frees it in its close(). The
 *   members don't change in between.
 * - From identity_start() to identity_stop() identity's thread, and no other, polls @fd and calls
 *   drain() and set_wanted(). It holds identity's feed_lock during each call, so that no two run at
 *   the same time. It does not hold the lock on its table: events are not held up by a slow call.
 * - Meanwhile the session's thread calls the backend's other functions. What drain() and
 *   set_wanted() share with those has to be constant from open() to close(), or locked by the
 *   backend.
 * - After identity_stop() nothing here is called or polled any more, not even by a thread that hung
 *   in a file system and was not waited for. Only then may the backend be closed.
 */
struct cgroup_feed {
	/*
	 * Readable when there are events of new cgroups in the hierarchies that count. The event of
	 * a cgroup is there before any check of its tasks is. Negative: the backend can't tell, and
	 * identity watches the file system instead; drain() is then not called.
	 */
	int fd;

	/*
	 * The capabilities (a bit each) that the two functions need: identity's thread keeps them,
	 * and drops the others.
	 */
	uint64_t keep;

	/*
	 * Calls @fn for each event there is, and returns without waiting. @fn copies the event,
	 * calls nothing of the backend's and takes no lock.
	 */
	void (*drain)(struct cgroup_feed *, void (*fn)(void *arg, const struct cgroup_new *),
		      void *arg);

	/*
	 * Checks by tasks in the cgroup @key need not be delivered (CGROUP_UNWANTED), or have to
	 * be. Those of cgroups that it was not called for have to be. NULL: the backend leaves none
	 * out.
	 */
	void (*set_wanted)(struct cgroup_feed *, uint64_t key, enum cgroup_verdict verdict);
};

#endif
