// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/ring_records.h"

#include <event-parse.h>
#include <kbuffer.h>
#include <string.h>

#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/feed_queue.h"
#include "ftrace/feed/ring_instance.h"

#define RECORD_MAX 65536

struct ring_records {
	struct kbuffer *kbuf;
	void *page;
	size_t page_size;
	int word;     /* bytes of a long in the kernel */
	int stack_id; /* of the event kernel_stack; -1: no stacks */
	int stack_at; /* offset of the addresses in its records */
	uint64_t missed;
};

/* Bytes in the page that is being read. */
struct span {
	const char *data;
	size_t size;
};

/* The state of reading one CPU's ring. */
struct reading {
	struct ring_pending *pending;
	bool stacks;
	struct feed_queue *queue;
};

/*
 * Reads the bytes of a sub-buffer (a page, unless buffer_subbuf_size_kb says otherwise) and of a
 * long in the kernel.
 */
static int read_page_format(struct ring_records *r, const struct tracedir *t, struct err *e)
{
	struct tep_handle *tep = tep_alloc();
	char text[1024], kb[16];
	int n = tracedir_read(t, text, sizeof(text), "events/header_page");

	r->page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (!tep || n < 0 || tep_parse_header_page(tep, text, (unsigned long)n, sizeof(long))) {
		tep_free(tep);
		return err_sys(e, n < 0 ? n : -EBADMSG, "events/header_page");
	}
	r->word = tep_get_header_page_size(tep);
	tep_free(tep);
	/* Since 6.8 (f9b94daa542a) sub-buffers may be larger than a page. */
	n = tracedir_read(t, kb, sizeof(kb), "buffer_subbuf_size_kb");
	if (n > 0 && atoi(kb) > 0)
		r->page_size = MAX(r->page_size, (size_t)atoi(kb) * 1024);
	return 0;
}

static int read_stack_format(struct ring_records *r, const struct tracedir *t, struct err *e)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_format_field *field;
	struct tep_event *event;
	char text[2048];
	int n = tracedir_read(t, text, sizeof(text), "events/ftrace/kernel_stack/format");

	if (tep && n > 0)
		tep_parse_event(tep, text, (unsigned long)n, "ftrace");
	event = tep ? tep_get_first_event(tep) : NULL;
	field = event ? tep_find_field(event, "caller") : NULL;
	if (field) {
		r->stack_id = event->id;
		r->stack_at = field->offset;
	}
	tep_free(tep);
	return field ? 0 : err_set(e, -EOPNOTSUPP, "this kernel's tracing cannot record stacks");
}

int ring_records_new(struct ring_records **out, const struct tracedir *t, bool stacks,
		     struct err *e)
{
	struct ring_records *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return err_sys(e, -ENOMEM, "trace rings");
	r->stack_id = -1;
	rc = read_page_format(r, t, e);
	if (!rc && stacks)
		rc = read_stack_format(r, t, e);
	r->kbuf = kbuffer_alloc(r->word == 8 ? KBUFFER_LSIZE_8 : KBUFFER_LSIZE_4,
				__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? KBUFFER_ENDIAN_LITTLE
									  : KBUFFER_ENDIAN_BIG);
	r->page = malloc(r->page_size);
	if (!rc && (!r->kbuf || !r->page))
		rc = err_sys(e, -ENOMEM, "trace rings");
	if (rc) {
		ring_records_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void ring_records_free(struct ring_records *r)
{
	if (!r)
		return;
	kbuffer_free(r->kbuf);
	free(r->page);
	free(r);
}

static void push(struct ring_records *r, struct ring_pending *p, struct feed_queue *queue)
{
	if (p->full && feed_queue_push(queue, p->record))
		r->missed++;
	p->full = false;
}

/* The addresses end at the end of the record, or earlier at one that is 0 or has all bits set. */
static uint32_t read_frames(const struct ring_records *r, uint64_t *frames, struct span stack)
{
	size_t word = (size_t)r->word;
	uint32_t n = 0;

	for (size_t at = (size_t)r->stack_at; at + word <= stack.size && n < FEED_FRAMES_MAX;
	     at += word) {
		uint64_t addr = 0;

		memcpy(&addr, stack.data + at, word);
		if (!addr || addr == (word == 8 ? UINT64_MAX : UINT32_MAX))
			break;
		frames[n++] = addr;
	}
	return n;
}

/* Moves the raw data out of the way, reads the frames, and puts the data right behind them. */
static void add_stack(const struct ring_records *r, struct feed_record *rec, struct span stack)
{
	uint64_t *frames = (uint64_t *)(rec + 1);

	memmove(frames + FEED_FRAMES_MAX, frames, rec->size);
	rec->frames_len = read_frames(r, frames, stack);
	memmove(frames + rec->frames_len, frames + FEED_FRAMES_MAX, rec->size);
}

static void take(struct ring_records *r, struct reading *g, struct span raw, uint64_t time)
{
	struct ring_pending *p = g->pending;
	struct feed_entry entry, before;

	if (raw.size < sizeof(entry) || raw.size > RECORD_MAX)
		return;
	memcpy(&entry, raw.data, sizeof(entry));
	if (entry.type == r->stack_id) {
		if (p->full)
			memcpy(&before, p->record + 1, sizeof(before));
		if (!p->full || entry.pid != before.pid)
			return; /* a stack of another thread's event */
		add_stack(r, p->record, raw);
		push(r, p, g->queue);
		return;
	}
	push(r, p, g->queue);
	*p->record = (struct feed_record){.time = time, .size = (uint32_t)raw.size};
	memcpy(p->record + 1, raw.data, raw.size);
	p->full = true;
	if (!g->stacks)
		push(r, p, g->queue);
}

static int take_page(struct ring_records *r, struct reading *g)
{
	unsigned long long time;
	void *data;
	int missed;

	if (kbuffer_load_subbuffer(r->kbuf, r->page) < 0)
		return -EBADMSG;
	missed = kbuffer_missed_events(r->kbuf);
	r->missed += missed > 0 ? (uint64_t)missed : missed < 0;
	for (data = kbuffer_read_event(r->kbuf, &time); data;
	     data = kbuffer_next_event(r->kbuf, &time)) {
		struct span raw = {data, (size_t)kbuffer_event_size(r->kbuf)};
		size_t at = (size_t)(raw.data - (char *)r->page);

		if (at > r->page_size || raw.size > r->page_size - at)
			return -EBADMSG;
		take(r, g, raw, time);
	}
	return 0;
}

int ring_records_read(struct ring_records *r, const struct ring_input *in, int cpu,
		      struct feed_queue *queue)
{
	struct ring_pending *p = &in->pending[cpu];
	struct reading g = {p, in->stacks, queue};
	int rc = 0;

	while (!rc) {
		int n = ring_instance_read(in->ring, cpu, r->page, r->page_size);

		if (n <= 0)
			return n;
		if (!p->record)
			p->record =
				calloc(1, sizeof(*p->record) + 8 * FEED_FRAMES_MAX + RECORD_MAX);
		rc = p->record ? take_page(r, &g) : -ENOMEM;
	}
	return rc;
}

void ring_records_complete(struct ring_records *r, struct ring_pending *pending,
			   struct feed_queue *queue)
{
	push(r, pending, queue);
}

uint64_t ring_records_missed(const struct ring_records *r)
{
	return r->missed;
}
