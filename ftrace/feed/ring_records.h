/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the sub-buffers of tracefs's rings into records. There, a kernel stack is a separate
 * record that follows the event's record on the same CPU, possibly in the next sub-buffer. So the
 * last record of each CPU is held back until it is clear whether a stack follows.
 */
#ifndef CAPTRACE_FTRACE_FEED_RING_RECORDS_H
#define CAPTRACE_FTRACE_FEED_RING_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct feed_queue;
struct feed_record;
struct ring_instance;
struct ring_records;
struct tracedir;

/* The record of a CPU's ring that is held back. Zeroed: none yet. */
struct ring_pending {
	struct feed_record *record;
	bool full;
};

/* An instance whose rings are read. */
struct ring_input {
	struct ring_instance *ring;
	struct ring_pending *pending; /* by CPU */
	bool stacks;                  /* stacks follow the instance's events */
};

/* @stacks: stacks will be recorded; -EOPNOTSUPP if this kernel's tracing does not support them. */
int ring_records_new(struct ring_records **out, const struct tracedir *t, bool stacks,
		     struct err *e);
void ring_records_free(struct ring_records *r);

/*
 * Queues all records in @in's ring of @cpu but the one that is held back. Returns 0 or a negative
 * errno.
 */
int ring_records_read(struct ring_records *r, const struct ring_input *in, int cpu,
		      struct feed_queue *queue);

/* Queues the record that was held back, once no stack can follow any more. */
void ring_records_complete(struct ring_records *r, struct ring_pending *pending,
			   struct feed_queue *queue);

/* The number of records known to have been lost. */
uint64_t ring_records_missed(const struct ring_records *r);

#endif
