/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fetches the number that identifies a cgroup within its hierarchy, as user space sees it: the
 * kernfs node's id since 4.14, the kernfs node's inode number before, and the number of the inode
 * itself before 3.15, when cgroups had no kernfs.
 */
#ifndef CAPTRACE_FTRACE_PROBE_CGROUP_ID_H
#define CAPTRACE_FTRACE_PROBE_CGROUP_ID_H

#include <stdbool.h>

#include "ftrace/probe/fetch.h"

struct layout;
struct machine;

/*
 * Fetches the number of the cgroup that the expression @cgroup points to. Does nothing if the
 * layout lacks the members.
 */
void cgroup_id_fetch(struct fetch *f, enum fetch_value v, const struct layout *l,
		     const struct machine *m, const char *cgroup);

/* Whether the layout has the members. */
bool cgroup_id_has(const struct layout *l);

#endif
