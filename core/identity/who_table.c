// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/who_table.h"

#include "core/base/util.h"
#include "core/identity/who.h"

#define BUCKETS 4096 /* a power of two */

struct who_table {
	size_t len, max;
	struct who *newest, *oldest;
	struct who *gone; /* by hash_next: out of the table, to be freed */
	struct who *buckets[BUCKETS];
};

/* Fibonacci hashing: ids are consecutive. */
static size_t bucket_of(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 52;
}

_Static_assert(BUCKETS == 1 << (64 - 52), "bucket_of() takes that many bits");

struct who_table *who_table_new(size_t max)
{
	struct who_table *t = calloc(1, sizeof(*t));

	if (t)
		t->max = max;
	return t;
}

void who_table_sweep(struct who_table *t)
{
	while (t->gone) {
		struct who *next = t->gone->hash_next;

		free(t->gone);
		t->gone = next;
	}
}

void who_table_free(struct who_table *t)
{
	if (!t)
		return;
	who_table_sweep(t);
	while (t->newest) {
		struct who *older = t->newest->older;

		free(t->newest);
		t->newest = older;
	}
	free(t);
}

static void list_remove(struct who_table *t, struct who *s)
{
	if (s->newer)
		s->newer->older = s->older;
	else
		t->newest = s->older;
	if (s->older)
		s->older->newer = s->newer;
	else
		t->oldest = s->newer;
	s->newer = s->older = NULL;
}

static void list_add(struct who_table *t, struct who *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest)
		t->newest->newer = s;
	else
		t->oldest = s;
	t->newest = s;
}

static void take_out(struct who_table *t, struct who *s)
{
	struct who **p = &t->buckets[bucket_of(s->key)];

	while (*p != s)
		p = &(*p)->hash_next;
	*p = s->hash_next;
	list_remove(t, s);
	t->len--;
	s->hash_next = t->gone;
	t->gone = s;
}

static struct who *find(struct who_table *t, uint64_t key)
{
	struct who *s = t->buckets[bucket_of(key)];

	while (s && s->key != key)
		s = s->hash_next;
	return s;
}

struct who *who_table_find(struct who_table *t, uint64_t key)
{
	struct who *s = find(t, key);

	if (s && s != t->newest) {
		list_remove(t, s);
		list_add(t, s);
	}
	return s;
}

void who_table_put(struct who_table *t, struct who *s)
{
	struct who *old = find(t, s->key);
	size_t bucket = bucket_of(s->key);

	if (old)
		take_out(t, old);
	else if (t->len == t->max)
		take_out(t, t->oldest);
	s->hash_next = t->buckets[bucket];
	t->buckets[bucket] = s;
	list_add(t, s);
	t->len++;
}
