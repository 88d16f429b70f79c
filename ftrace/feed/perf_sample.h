/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a perf ring's records: samples (thread, time, optional stack, raw data) and losses. */
#ifndef CAPTRACE_FTRACE_FEED_PERF_SAMPLE_H
#define CAPTRACE_FTRACE_FEED_PERF_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed_record;
struct perf_event_header;

/* Bytes that the largest sample takes as a struct feed_record. */
#define PERF_SAMPLE_ROOM (64 + 2 * 65536)

/*
 * Converts a PERF_RECORD_SAMPLE with PERF_SAMPLE_TID, TIME, CALLCHAIN if @chain, and RAW. @r has
 * room for PERF_SAMPLE_ROOM bytes. Returns how many of them are used; 0 if @h is another record or
 * a truncated one.
 */
size_t perf_sample_read(const struct perf_event_header *h, bool chain, struct feed_record *r);

/* The number of lost records that a PERF_RECORD_LOST reports; 0 for another record. */
uint64_t perf_sample_lost(const struct perf_event_header *h);

#endif
