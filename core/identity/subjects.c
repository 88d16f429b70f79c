// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/subjects.h"

#include "core/identity/subject.h"
#include "core/util.h"

#define BUCKETS 4096 /* a power of two */

struct subjects {
	size_t len, max;
	struct subject *newest, *oldest;
	struct subject *gone; /* by hash_next: out of the table, to be freed */
	struct subject *buckets[BUCKETS];
};

/* Fibonacci hashing: ids are consecutive. */
static size_t bucket_of(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 52;
}

_Static_assert(BUCKETS == 1 << (64 - 52), "bucket_of() takes that many bits");

struct subjects *subjects_new(size_t max)
{
	struct subjects *t = calloc(1, sizeof(*t));

	if (t)
		t->max = max;
	return t;
}

void subjects_sweep(struct subjects *t)
{
	while (t->gone) {
		struct subject *next = t->gone->hash_next;

		free(t->gone);
		t->gone = next;
	}
}

void subjects_free(struct subjects *t)
{
	if (!t)
		return;
	subjects_sweep(t);
	while (t->newest) {
		struct subject *older = t->newest->older;

		free(t->newest);
		t->newest = older;
	}
	free(t);
}

static void list_remove(struct subjects *t, struct subject *s)
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

static void list_add(struct subjects *t, struct subject *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest)
		t->newest->newer = s;
	else
		t->oldest = s;
	t->newest = s;
}

static void take_out(struct subjects *t, struct subject *s)
{
	struct subject **p = &t->buckets[bucket_of(s->key)];

	while (*p != s)
		p = &(*p)->hash_next;
	*p = s->hash_next;
	list_remove(t, s);
	t->len--;
	s->hash_next = t->gone;
	t->gone = s;
}

static struct subject *find(struct subjects *t, uint64_t key)
{
	struct subject *s = t->buckets[bucket_of(key)];

	while (s && s->key != key)
		s = s->hash_next;
	return s;
}

struct subject *subjects_find(struct subjects *t, uint64_t key)
{
	struct subject *s = find(t, key);

	if (s && s != t->newest) {
		list_remove(t, s);
		list_add(t, s);
	}
	return s;
}

void subjects_put(struct subjects *t, struct subject *s)
{
	struct subject *old = find(t, s->key);
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
