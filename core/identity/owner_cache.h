/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner cache: a bounded table of cgroup owners, by the key of their cgroup. It has no lock;
 * the caller has to hold one.
 */
#ifndef CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H
#define CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cgroup_owner;
struct owner_cache;

/* Has room for @max owners. When it is full, the least recently used one is removed. */
struct owner_cache *owner_cache_new(size_t max);
void owner_cache_free(struct owner_cache *cache);

/* NULL if the key is not in the cache. */
struct cgroup_owner *owner_cache_find(struct owner_cache *cache, uint64_t key);

/*
 * Takes ownership of @owner, which replaces one with the same key. A removed owner stays valid
 * until owner_cache_sweep(), because an event may still point into it.
 */
void owner_cache_put(struct owner_cache *cache, struct cgroup_owner *owner);

/* Frees the removed owners. No event may point into them any more. */
void owner_cache_sweep(struct owner_cache *cache);

#endif
