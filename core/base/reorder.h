/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts records of several per-CPU rings in order of time. A drain notes the time before it reads
 * the first ring, pushes all rings, and takes out what is not younger than that: whatever is older
 * has been in a ring by then. The rest waits for the next drain. Where the records' clock can't be
 * read, what an earlier drain has seen last is the time that is noted.
 */
#ifndef CAPTRACE_CORE_BASE_REORDER_H
#define CAPTRACE_CORE_BASE_REORDER_H

#include <stddef.h>
#include <stdint.h>

struct reorder;

struct reorder *reorder_new(void);
void reorder_free(struct reorder *r);

/* Copies @data. Records of equal time keep the order of their pushes. -ENOMEM. */
int reorder_push(struct reorder *r, uint64_t time, const void *data, size_t size);

/* The latest time of all that was pushed so far, 0 if nothing was. */
uint64_t reorder_newest(const struct reorder *r);

/*
 * Hands out, in order of time, what is not younger than @until (UINT64_MAX: all). Returns how many.
 * @data is aligned to 8 bytes and valid during the call.
 */
size_t reorder_flush(struct reorder *r, uint64_t until,
		     void (*fn)(void *arg, const void *data, size_t size), void *arg);

#endif
