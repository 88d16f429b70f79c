/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the sub-buffers of tracefs's rings to records. A kernel stack is a record of its own there,
 * which follows that of its event on the same CPU, perhaps in the next sub-buffer: so the last record
 * of each CPU is held back until it is known whether a stack comes.
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

/* What a CPU's ring held back. Zeroed: nothing yet. */
struct ring_pending {
	struct feed_record *record;
	bool full;
};

/* An instance whose rings are read. */
struct ring_input {
	struct ring_instance *ring;
	struct ring_pending *pending; /* by CPU */
	bool stacks;                  /* its events are followed by their stacks */
};

/* @stacks: some will be asked for, which is an error where this kernel's tracing has none. */
int ring_records_new(struct ring_records **out, const struct tracedir *t, bool stacks,
		     struct err *e);
void ring_records_free(struct ring_records *r);

/*
 * Puts what @in's ring of @cpu holds into @queue, except for what it holds back. Returns 0 or a
 * negative errno.
 */
int ring_records_read(struct ring_records *r, const struct ring_input *in, int cpu,
		      struct feed_queue *queue);

/* No stack will come any more: puts what was held back into @queue. */
void ring_records_complete(struct ring_records *r, struct ring_pending *pending,
			   struct feed_queue *queue);

/* How many records are known not to have been read. */
uint64_t ring_records_missed(const struct ring_records *r);

#endif
