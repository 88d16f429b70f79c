/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded table by two numbers, for processes and threads. */
#ifndef CAPTRACE_CORE_BASE_IDMAP_H
#define CAPTRACE_CORE_BASE_IDMAP_H

#include <stddef.h>
#include <stdint.h>

struct idmap;

/* @size: bytes of a value; @max: entries at most. */
struct idmap *idmap_new(size_t size, size_t max);
void idmap_free(struct idmap *m);

/* The value of (@a, @b), where it stays until it is removed; NULL if there is none. */
void *idmap_find(const struct idmap *m, uint64_t a, uint64_t b);

/* The same, made of zeros if there is none; NULL if the table is full or memory is out. */
void *idmap_make(struct idmap *m, uint64_t a, uint64_t b);

void idmap_remove(struct idmap *m, uint64_t a, uint64_t b);

size_t idmap_len(const struct idmap *m);

/* Calls @fn for each value, then empties the table. A NULL @fn only empties it. */
void idmap_take(struct idmap *m, void (*fn)(void *arg, uint64_t a, uint64_t b, void *value),
		void *arg);

#endif
