/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts the records of all CPUs' rings by time. Records wait here until all rings have been read,
 * and are then delivered in order (core/base/reorder.h).
 */
#ifndef CAPTRACE_FTRACE_FEED_FEED_QUEUE_H
#define CAPTRACE_FTRACE_FEED_FEED_QUEUE_H

#include "ftrace/feed/feed.h"

struct reorder;

struct feed_queue {
	struct reorder *reorder;
	bool one_process;
	/* During feed_queue_deliver(): */
	feed_fn *fn;
	void *arg;
	int handed_out;
};

/* Initializes the queue of a feed with @cfg. Returns 0 or -ENOMEM. */
int feed_queue_init(struct feed_queue *q, const struct feed_cfg *cfg);
void feed_queue_free(struct feed_queue *q);

/* Queues a copy of @r. -ENOMEM: the record is lost. */
int feed_queue_push(struct feed_queue *q, const struct feed_record *r);

/*
 * The time up to which the queue will be complete once the rings have been read. Call it before
 * reading them. UINT64_MAX: everything can be delivered.
 */
uint64_t feed_queue_until(const struct feed_queue *q, const struct feed *feed);

/* Passes the records up to the time @until to @fn. Returns their number. */
int feed_queue_deliver(struct feed_queue *q, uint64_t until, feed_fn *fn, void *arg);

#endif
