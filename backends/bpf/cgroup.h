/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups in the BPF backend: the key of a task's cgroup, events about new cgroups, and leaving out
 * checks by cgroup.
 */
#ifndef CAPTRACE_BACKENDS_BPF_CGROUP_H
#define CAPTRACE_BACKENDS_BPF_CGROUP_H

#include <stdbool.h>

struct backend_cfg;
struct bpf_cfg;
struct bpf_progs;
struct cgroup_feed;
struct err;

/* Sets what @out has for cgroups. @can_read: lockdown lets programs read kernel memory. */
void bpf_cgroup_configure(struct bpf_cfg *out, const struct backend_cfg *cfg, bool can_read);

/*
 * Opens the feed of the attached programs: it reads events from the map `cgroup_events`, and writes
 * to the map `cgroups_wanted` which cgroups are wanted. @feed is set to NULL if the programs use
 * neither map. 0, or a negative errno with @e set.
 */
int bpf_cgroup_feed_open(struct cgroup_feed **feed, const struct bpf_progs *l,
			 const struct bpf_cfg *cfg, struct err *e);
void bpf_cgroup_feed_close(struct cgroup_feed *feed);

#endif
