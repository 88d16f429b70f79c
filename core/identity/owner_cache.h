/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner cache: a bounded table of cgroup owners, by the key of their cgroup. It has no lock of
 * its own: its user has to have one.
 */
#ifndef CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H
#define CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cgroup_owner;
struct owner_cache;

/* Room for @max owners; past that the one goes that was not looked up for the longest time. */
struct owner_cache *owner_cache_new(size_t max);
void owner_cache_free(struct owner_cache *cache);

/* NULL: not in there. */
struct cgroup_owner *owner_cache_find(struct owner_cache *cache, uint64_t key);

/*
 * Takes @owner over, in the place of one with the same key. One that had to go for it stays valid
 * until owner_cache_sweep(), because somebody may still be reading it.
 */
void owner_cache_put(struct owner_cache *cache, struct cgroup_owner *owner);

/* Frees the owners that had to go: nobody reads them any more. */
void owner_cache_sweep(struct owner_cache *cache);

#endif
