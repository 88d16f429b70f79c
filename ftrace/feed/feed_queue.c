// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/feed_queue.h"

#include "core/base/clock.h"
#include "core/base/reorder.h"
#include "core/base/util.h"

int feed_queue_init(struct feed_queue *q, const struct feed_cfg *cfg)
{
	*q = (struct feed_queue){.reorder = reorder_new(), .one_process = cfg->pid > 0};
	return q->reorder ? 0 : -ENOMEM;
}

void feed_queue_free(struct feed_queue *q)
{
	reorder_free(q->reorder);
	q->reorder = NULL;
}

int feed_queue_push(struct feed_queue *q, const struct feed_record *r)
{
	return reorder_push(q->reorder, r->time, r, feed_record_size(r));
}

uint64_t feed_queue_until(const struct feed_queue *q, const struct feed *feed)
{
	if (!feed->clock_unknown)
		return clock_mono_ns();
	/* The few records of one process do not have to be merged with those of others. */
	return q->one_process ? UINT64_MAX : reorder_newest(q->reorder);
}

static void hand_out(void *arg, const void *record, size_t size)
{
	struct feed_queue *q = arg;

	q->fn(q->arg, record);
	q->handed_out++;
}

int feed_queue_deliver(struct feed_queue *q, uint64_t until, feed_fn *fn, void *arg)
{
	q->fn = fn;
	q->arg = arg;
	q->handed_out = 0;
	reorder_flush(q->reorder, until, hand_out, q);
	return q->handed_out;
}
