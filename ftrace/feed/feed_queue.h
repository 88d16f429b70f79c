/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records on their way from the CPUs' rings to whoever reads the feed. They wait here until those of
 * all CPUs are in, and leave in order of time (core/base/reorder.h).
 */
#ifndef CAPTRACE_FTRACE_FEED_FEED_QUEUE_H
#define CAPTRACE_FTRACE_FEED_FEED_QUEUE_H

#include "ftrace/feed/feed.h"

struct reorder;

struct feed_queue {
	struct reorder *reorder;
	bool one_process;
	/* While records are handed out: */
	feed_fn *fn;
	void *arg;
	int handed_out;
};

/* For the feed that @cfg asks for. -ENOMEM. */
int feed_queue_init(struct feed_queue *q, const struct feed_cfg *cfg);
void feed_queue_free(struct feed_queue *q);

/* Copies @r. -ENOMEM: it is lost. */
int feed_queue_push(struct feed_queue *q, const struct feed_record *r);

/*
 * The time up to which all records will be in the queue once the rings have been read: to be asked
 * before that. UINT64_MAX: there is nothing to wait for.
 */
uint64_t feed_queue_until(const struct feed_queue *q, const struct feed *feed);

/* Hands @fn what is not younger than @until. Returns how many records that were. */
int feed_queue_deliver(struct feed_queue *q, uint64_t until, feed_fn *fn, void *arg);

#endif
