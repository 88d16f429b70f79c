/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded hash table whose keys are pairs of numbers; used for processes and threads. */
#ifndef CAPTRACE_CORE_BASE_IDMAP_H
#define CAPTRACE_CORE_BASE_IDMAP_H

#include <stddef.h>
#include <stdint.h>

struct idmap;

/* @size: bytes of a value; @max: the most entries. */
struct idmap *idmap_new(size_t size, size_t max);
void idmap_free(struct idmap *m);

/* The value of (@a, @b); it does not move until it is removed. NULL if there is none. */
void *idmap_find(const struct idmap *m, uint64_t a, uint64_t b);

/* The same, but adds a zeroed value if there is none. NULL if the table or memory is full. */
void *idmap_make(struct idmap *m, uint64_t a, uint64_t b);

void idmap_remove(struct idmap *m, uint64_t a, uint64_t b);

size_t idmap_len(const struct idmap *m);

/* Calls @fn for each value, then empties the table. A NULL @fn only empties it. */
void idmap_take(struct idmap *m, void (*fn)(void *arg, uint64_t a, uint64_t b, void *value),
		void *arg);

#endif
