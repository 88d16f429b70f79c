/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorts the records of several per-CPU rings by time. A drain notes the time before it reads the
 * first ring, pushes the records of all rings, and then flushes those that are not newer than the
 * noted time: anything that old was in a ring before the drain began. The rest waits for the next
 * drain. Where the records' clock cannot be read, a drain notes instead the latest time that an
 * earlier drain saw.
 */
#ifndef CAPTRACE_CORE_BASE_REORDER_H
#define CAPTRACE_CORE_BASE_REORDER_H

#include <stddef.h>
#include <stdint.h>

struct reorder;

struct reorder *reorder_new(void);
void reorder_free(struct reorder *r);

/* Copies @data. Records of equal time stay in the order in which they were pushed. -ENOMEM. */
int reorder_push(struct reorder *r, uint64_t time, const void *data, size_t size);

/* The latest time pushed so far; 0: none. */
uint64_t reorder_newest(const struct reorder *r);

/*
 * Calls @fn, in order of time, for the records that are not newer than @until (UINT64_MAX: all).
 * Returns how many. @data is aligned to 8 bytes and valid during the call.
 */
size_t reorder_flush(struct reorder *r, uint64_t until,
		     void (*fn)(void *arg, const void *data, size_t size), void *arg);

#endif
