/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells a cgroup from the others of its hierarchy, as user space sees it: kernfs's id since
 * 4.14, before that its inode number, and before 3.15, where cgroups have no kernfs, the inode's.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CGROUP_ID_H
#define CAPTRACE_FTRACE_PROBE_CGROUP_ID_H

#include <stdbool.h>

#include "ftrace/probe/fetch.h"

struct layout;
struct machine;

/* Adds it, from the pointer at a cgroup that @cgroup yields; nothing if the layout doesn't know. */
void cgroup_id_fetch(struct fetch *f, enum fetch_value v, const struct layout *l,
		     const struct machine *m, const char *cgroup);

bool cgroup_id_has(const struct layout *l);

#endif
