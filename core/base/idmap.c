// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/idmap.h"

#include <stdlib.h>

#define BUCKETS 1024

struct entry {
	struct entry *next;
	uint64_t a, b;
	max_align_t value[];
};

struct idmap {
	size_t size, max, len;
	struct entry *buckets[BUCKETS];
};

struct idmap *idmap_new(size_t size, size_t max)
{
	struct idmap *m = calloc(1, sizeof(*m));

	if (m) {
		m->size = size;
		m->max = max;
	}
	return m;
}

void idmap_free(struct idmap *m)
{
	if (!m)
		return;
	idmap_take(m, NULL, NULL);
	free(m);
}

/* The link that points to the entry, or the NULL link where it would be added. */
static struct entry **place(const struct idmap *m, uint64_t a, uint64_t b)
{
	/* Fibonacci hashing of both numbers. */
	uint64_t h = (a * UINT64_C(0x9e3779b97f4a7c15) ^ b) * UINT64_C(0x9e3779b97f4a7c15);
	struct entry **at = (struct entry **)&m->buckets[h >> 54];

	while (*at && ((*at)->a != a || (*at)->b != b))
		at = &(*at)->next;
	return at;
}

void *idmap_find(const struct idmap *m, uint64_t a, uint64_t b)
{
	struct entry *e = *place(m, a, b);

	return e ? e->value : NULL;
}

void *idmap_make(struct idmap *m, uint64_t a, uint64_t b)
{
	struct entry **at = place(m, a, b);

	if (*at)
		return (*at)->value;
	if (m->len == m->max)
		return NULL;
	*at = calloc(1, sizeof(**at) + m->size);
	if (!*at)
		return NULL;
	(*at)->a = a;
	(*at)->b = b;
	m->len++;
	return (*at)->value;
}

void idmap_remove(struct idmap *m, uint64_t a, uint64_t b)
{
	struct entry **at = place(m, a, b), *e = *at;

	if (!e)
		return;
	*at = e->next;
	free(e);
	m->len--;
}

size_t idmap_len(const struct idmap *m)
{
	return m->len;
}

void idmap_take(struct idmap *m, void (*fn)(void *arg, uint64_t a, uint64_t b, void *value),
		void *arg)
{
	for (size_t i = 0; i < BUCKETS; i++)
		while (m->buckets[i]) {
			struct entry *e = m->buckets[i];

			m->buckets[i] = e->next;
			if (fn)
				fn(arg, e->a, e->b, e->value);
			free(e);
		}
	m->len = 0;
}
