/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounded table of them, by the key of their cgroup. Not locked: the owner does that. */
#ifndef CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H
#define CAPTRACE_CORE_IDENTITY_OWNER_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cgroup_owner;
struct owner_cache;

/* Room for @max; past that the one that was not looked for longest goes. */
struct owner_cache *owner_cache_new(size_t max);
void owner_cache_free(struct owner_cache *t);

struct cgroup_owner *owner_cache_find(struct owner_cache *t, uint64_t key);

/*
 * Puts @s in, in the place of one with the same key. What had to go for it stays valid until
 * owner_cache_sweep(), because somebody may still be reading it.
 */
void owner_cache_put(struct owner_cache *t, struct cgroup_owner *s);

void owner_cache_sweep(struct owner_cache *t);

#endif
