/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of a perf ring whose samples are of thread, time, perhaps stack, and raw data. */
#ifndef CAPTRACE_FTRACE_FEED_PERF_SAMPLE_H
#define CAPTRACE_FTRACE_FEED_PERF_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed_record;
struct perf_event_header;

/* Bytes that any of them needs as a struct feed_record, in memory that is aligned for one. */
#define PERF_SAMPLE_ROOM (64 + 2 * 65536)

/*
 * A PERF_RECORD_SAMPLE with PERF_SAMPLE_TID, TIME, with @chain CALLCHAIN, and RAW. Returns the bytes of
 * @r that are used, 0 for another record and one that ends before what it says it holds.
 */
size_t perf_sample_read(const struct perf_event_header *h, bool chain, struct feed_record *r);

/* How many records a PERF_RECORD_LOST says there was no room for; 0 for another record. */
uint64_t perf_sample_lost(const struct perf_event_header *h);

#endif
