/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps and reads one ring of perf events. */
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
	char *scratch; /* copy of a record that wraps around the end */
};

/* @size: bytes; a power of two pages. Returns 0 or a negative errno. */
int perf_ring_open(struct perf_ring *r, int fd, size_t size);
void perf_ring_close(struct perf_ring *r);

/* Passes the records that are in the ring at the time of the call to @fn, and frees their space. */
void perf_ring_read(struct perf_ring *r, void (*fn)(void *, const struct perf_event_header *),
		    void *arg);

#endif
