// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/perf_sample.h"

#include <linux/perf_event.h>
#include <string.h>

#include "ftrace/feed/feed.h"

/* Leaves out PERF_CONTEXT_*: the kernel's markers between the parts of a chain. */
static uint32_t copy_frames(uint64_t *to, const uint64_t *from, uint64_t len)
{
	uint32_t n = 0;

	for (uint64_t i = 0; i < len && n < FEED_FRAMES_MAX; i++)
		if (from[i] < (uint64_t)PERF_CONTEXT_MAX)
			to[n++] = from[i];
	return n;
}

/* A sample has its parts in this order: pid, tid, time, chain, raw data. */
size_t perf_sample_read(const struct perf_event_header *h, bool chain, struct feed_record *r)
{
	const char *p = (const char *)(h + 1), *end = (const char *)h + h->size;
	uint32_t size;

	if (h->type != PERF_RECORD_SAMPLE || h->size < sizeof(*h) + 16)
		return 0;
	*r = (struct feed_record){0};
	memcpy(&r->pid, p, 4);
	memcpy(&r->time, p + 8, 8);
	p += 16;
	if (chain) {
		const uint64_t *frames = (const void *)p;

		if (end - p < 8 || *frames > (uint64_t)(end - p) / 8 - 1)
			return 0;
		r->frames_len = copy_frames((uint64_t *)(r + 1), frames + 1, *frames);
		p += 8 + 8 * *frames;
	}
	if (end - p < 4)
		return 0;
	memcpy(&size, p, 4);
	if (size > (size_t)(end - p - 4))
		return 0;
	r->size = size;
	memcpy((char *)(r + 1) + 8 * r->frames_len, p + 4, size);
	return sizeof(*r) + 8 * r->frames_len + size;
}

uint64_t perf_sample_lost(const struct perf_event_header *h)
{
	uint64_t lost = 0;

	if (h->type == PERF_RECORD_LOST && h->size >= sizeof(*h) + 16)
		memcpy(&lost, (const char *)(h + 1) + 8, 8);
	return lost;
}
