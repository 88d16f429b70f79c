// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/owner_cache.h"

#include "core/base/util.h"
#include "core/identity/cgroup_owner.h"

#define BUCKETS 4096 /* a power of two */

struct owner_cache {
	size_t len, max;
	struct cgroup_owner *newest, *oldest;
	struct cgroup_owner *gone; /* removed owners, linked by hash_next, to be freed */
	struct cgroup_owner *buckets[BUCKETS];
};

/* Fibonacci hashing, because ids are consecutive. */
static size_t bucket_of(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 52;
}

_Static_assert(BUCKETS == 1 << (64 - 52), "bucket_of() takes that many bits");

struct owner_cache *owner_cache_new(size_t max)
{
	struct owner_cache *cache = calloc(1, sizeof(*cache));

	if (cache)
		cache->max = max;
	return cache;
}

void owner_cache_sweep(struct owner_cache *cache)
{
	while (cache->gone) {
		struct cgroup_owner *next = cache->gone->hash_next;

		free(cache->gone);
		cache->gone = next;
	}
}

void owner_cache_free(struct owner_cache *cache)
{
	if (!cache)
		return;
	owner_cache_sweep(cache);
	while (cache->newest) {
		struct cgroup_owner *older = cache->newest->older;

		free(cache->newest);
		cache->newest = older;
	}
	free(cache);
}

static void list_remove(struct owner_cache *cache, struct cgroup_owner *owner)
{
	if (owner->newer)
		owner->newer->older = owner->older;
	else
		cache->newest = owner->older;
	if (owner->older)
		owner->older->newer = owner->newer;
	else
		cache->oldest = owner->newer;
	owner->newer = owner->older = NULL;
}

static void list_add(struct owner_cache *cache, struct cgroup_owner *owner)
{
	owner->newer = NULL;
	owner->older = cache->newest;
	if (cache->newest)
		cache->newest->newer = owner;
	else
		cache->oldest = owner;
	cache->newest = owner;
}

static void take_out(struct owner_cache *cache, struct cgroup_owner *owner)
{
	struct cgroup_owner **p = &cache->buckets[bucket_of(owner->key)];

	while (*p != owner)
		p = &(*p)->hash_next;
	*p = owner->hash_next;
	list_remove(cache, owner);
	cache->len--;
	owner->hash_next = cache->gone;
	cache->gone = owner;
}

static struct cgroup_owner *find(struct owner_cache *cache, uint64_t key)
{
	struct cgroup_owner *owner = cache->buckets[bucket_of(key)];

	while (owner && owner->key != key)
		owner = owner->hash_next;
	return owner;
}

struct cgroup_owner *owner_cache_find(struct owner_cache *cache, uint64_t key)
{
	struct cgroup_owner *owner = find(cache, key);

	if (owner && owner != cache->newest) {
		list_remove(cache, owner);
		list_add(cache, owner);
	}
	return owner;
}

void owner_cache_put(struct owner_cache *cache, struct cgroup_owner *owner)
{
	struct cgroup_owner *old = find(cache, owner->key);
	size_t bucket = bucket_of(owner->key);

	if (old)
		take_out(cache, old);
	else if (cache->len == cache->max)
		take_out(cache, cache->oldest);
	owner->hash_next = cache->buckets[bucket];
	cache->buckets[bucket] = owner;
	list_add(cache, owner);
	cache->len++;
}
