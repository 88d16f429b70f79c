// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/owner_cache.h"

#include "core/base/util.h"
#include "core/identity/cgroup_owner.h"

#define BUCKETS 4096 /* a power of two */

struct owner_cache {
	size_t len, max;
	struct cgroup_owner *newest, *oldest;
	struct cgroup_owner *gone; /* by hash_next: out of the table, to be freed */
	struct cgroup_owner *buckets[BUCKETS];
};

/* Fibonacci hashing: ids are consecutive. */
static size_t bucket_of(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 52;
}

_Static_assert(BUCKETS == 1 << (64 - 52), "bucket_of() takes that many bits");

struct owner_cache *owner_cache_new(size_t max)
{
	struct owner_cache *t = calloc(1, sizeof(*t));

	if (t)
		t->max = max;
	return t;
}

void owner_cache_sweep(struct owner_cache *t)
{
	while (t->gone) {
		struct cgroup_owner *next = t->gone->hash_next;

		free(t->gone);
		t->gone = next;
	}
}

void owner_cache_free(struct owner_cache *t)
{
	if (!t)
		return;
	owner_cache_sweep(t);
	while (t->newest) {
		struct cgroup_owner *older = t->newest->older;

		free(t->newest);
		t->newest = older;
	}
	free(t);
}

static void list_remove(struct owner_cache *t, struct cgroup_owner *s)
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

static void list_add(struct owner_cache *t, struct cgroup_owner *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest)
		t->newest->newer = s;
	else
		t->oldest = s;
	t->newest = s;
}

static void take_out(struct owner_cache *t, struct cgroup_owner *s)
{
	struct cgroup_owner **p = &t->buckets[bucket_of(s->key)];

	while (*p != s)
		p = &(*p)->hash_next;
	*p = s->hash_next;
	list_remove(t, s);
	t->len--;
	s->hash_next = t->gone;
	t->gone = s;
}

static struct cgroup_owner *find(struct owner_cache *t, uint64_t key)
{
	struct cgroup_owner *s = t->buckets[bucket_of(key)];

	while (s && s->key != key)
		s = s->hash_next;
	return s;
}

struct cgroup_owner *owner_cache_find(struct owner_cache *t, uint64_t key)
{
	struct cgroup_owner *s = find(t, key);

	if (s && s != t->newest) {
		list_remove(t, s);
		list_add(t, s);
	}
	return s;
}

void owner_cache_put(struct owner_cache *t, struct cgroup_owner *s)
{
	struct cgroup_owner *old = find(t, s->key);
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
