/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounded table of them, by the key of their cgroup. Not locked: the owner does that. */
#ifndef CAPTRACE_CORE_IDENTITY_WHO_TABLE_H
#define CAPTRACE_CORE_IDENTITY_WHO_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct who;
struct who_table;

/* Room for @max; past that the one that was not looked for longest goes. */
struct who_table *who_table_new(size_t max);
void who_table_free(struct who_table *t);

struct who *who_table_find(struct who_table *t, uint64_t key);

/*
 * Puts @s in, in the place of one with the same key. What had to go for it stays valid until
 * who_table_sweep(), because somebody may still be reading it.
 */
void who_table_put(struct who_table *t, struct who *s);

void who_table_sweep(struct who_table *t);

#endif
