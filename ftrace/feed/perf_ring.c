// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/perf_ring.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

#include "core/base/util.h"

#define RECORD_MAX 65536 /* perf_event_header.size has 16 bits */

int perf_ring_open(struct perf_ring *r, int fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	r->scratch = malloc(RECORD_MAX);
	if (!r->scratch) {
		munmap(p, page + size);
		return -ENOMEM;
	}
	r->page = p;
	r->data = (char *)p + page;
	r->size = size;
	return 0;
}

void perf_ring_close(struct perf_ring *r)
{
	if (r->page)
		munmap(r->page, (size_t)sysconf(_SC_PAGESIZE) + r->size);
	free(r->scratch);
	*r = (struct perf_ring){0};
}

static const struct perf_event_header *record_at(struct perf_ring *r, uint64_t pos)
{
	size_t off = pos & (r->size - 1);
	const struct perf_event_header *h = (const void *)(r->data + off);
	size_t first = r->size - off;

	/* A header never wraps: records are aligned to its size. */
	if (h->size <= first)
		return h;
	memcpy(r->scratch, h, first);
	memcpy(r->scratch + first, r->data, h->size - first);
	return (const void *)r->scratch;
}

void perf_ring_read(struct perf_ring *r, void (*fn)(void *, const struct perf_event_header *),
		    void *arg)
{
	uint64_t head = __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t pos = r->page->data_tail;

	while (pos < head) {
		const struct perf_event_header *h = record_at(r, pos);

		if (h->size < sizeof(*h))
			break; /* the ring is corrupt; the rest cannot be parsed */
		fn(arg, h);
		pos += h->size;
	}
	__atomic_store_n(&r->page->data_tail, head, __ATOMIC_RELEASE);
}
