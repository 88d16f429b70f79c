/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups in the BPF backend: the key of a task's, events that tell of new ones, and leaving out by
 * them.
 */
#ifndef CAPTRACE_BACKENDS_BPF_CGROUP_H
#define CAPTRACE_BACKENDS_BPF_CGROUP_H

#include <stdbool.h>

struct backend_cfg;
struct bpf_cfg;
struct bpf_progs;
struct cgroup_feed;
struct err;

/* @can_read: lockdown lets programs read the kernel's memory. */
void bpf_cgroup_configure(struct bpf_cfg *out, const struct backend_cfg *cfg, bool can_read);

/*
 * The feed of programs that are attached: what is in the map `cgroup_events`, and what the programs
 * are to do with a cgroup's checks into the map `cgroups_wanted`. NULL in @feed if they do neither.
 */
int bpf_cgroup_feed_open(struct cgroup_feed **feed, const struct bpf_progs *l,
			 const struct bpf_cfg *cfg, struct err *e);
void bpf_cgroup_feed_close(struct cgroup_feed *feed);

#endif
