/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounded table of subjects, by the key of their cgroup. Not locked: the owner does that. */
#ifndef CAPTRACE_IDENTITY_SUBJECTS_H
#define CAPTRACE_IDENTITY_SUBJECTS_H

#include <stddef.h>
#include <stdint.h>

struct subject;
struct subjects;

/* Room for @max; past that the one that was not looked for longest goes. */
struct subjects *subjects_new(size_t max);
void subjects_free(struct subjects *t);

struct subject *subjects_find(struct subjects *t, uint64_t key);

/*
 * Puts @s in, in the place of one with the same key. What had to go for it stays valid until
 * subjects_sweep(), because somebody may still be reading it.
 */
void subjects_put(struct subjects *t, struct subject *s);

void subjects_sweep(struct subjects *t);

#endif
