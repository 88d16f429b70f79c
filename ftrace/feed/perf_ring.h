/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mapped ring of perf events. */
#ifndef CAPTRACE_FTRACE_FEED_PERF_RING_H
#define CAPTRACE_FTRACE_FEED_PERF_RING_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

struct perf_event_header;
struct perf_event_mmap_page;

struct perf_ring {
	struct perf_event_mmap_page *page; /* NULL: not open */
	char *data;
	size_t size;   /* of data, a power of two */
	char *scratch; /* for a record that wraps */
};

/* @size: a power of two of pages. */
int perf_ring_open(struct perf_ring *r, int fd, size_t size);
void perf_ring_close(struct perf_ring *r);

/* Hands out what is there at the time of the call and gives its room back. */
void perf_ring_read(struct perf_ring *r, void (*fn)(void *, const struct perf_event_header *),
		    void *arg);

#endif
