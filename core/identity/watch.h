/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches for new cgroups with inotify, for backends that don't report them. A cgroup that is gone
 * before its folder could be looked at has no key and stays unknown.
 */
#ifndef CAPTRACE_CORE_IDENTITY_WATCH_H
#define CAPTRACE_CORE_IDENTITY_WATCH_H

#include <stdint.h>

#include "core/identity/hierarchy.h"

struct err;
struct watch;

/* Borrows @h. */
int watch_new(struct watch **w, const struct hierarchy *h, struct err *e);
void watch_free(struct watch *w);

int watch_fd(const struct watch *w);

/* Watches the cgroup with this key and path for new cgroups in it. */
void watch_add(struct watch *w, uint64_t key, const char *path);

/* Calls @fn for each new cgroup and watches that one, too. */
void watch_read(struct watch *w, hierarchy_fn fn, void *arg);

#endif
