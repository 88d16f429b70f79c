/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cgroups in the BPF backend: the key of a task's, news of new ones, and leaving out by them. */
#ifndef CAPTRACE_BACKENDS_BPF_CGROUP_H
#define CAPTRACE_BACKENDS_BPF_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/event/cgroup.h"

struct backend_cfg;
struct bpf_cfg;
struct bpf_progs;
struct bpf_cgroup_events;
struct err;

/* @can_read: lockdown lets programs read the kernel's memory. */
void bpf_cgroup_configure(struct bpf_cfg *out, const struct backend_cfg *cfg, bool can_read);

/* Reads the map `news` of @l, which is attached. NULL in @news if the programs for it are not. */
int bpf_cgroup_events_open(struct bpf_cgroup_events **cgroup_events, const struct bpf_progs *l,
			   const struct bpf_cfg *cfg, struct err *e);
void bpf_cgroup_events_close(struct bpf_cgroup_events *cgroup_events);
int bpf_cgroup_events_fd(const struct bpf_cgroup_events *cgroup_events);
void bpf_cgroup_events_drain(struct bpf_cgroup_events *cgroup_events,
			     void (*fn)(void *arg, const struct cgroup_new *), void *arg);

/* Keeps in the map `judged` what the programs are to do with checks of that cgroup. */
void bpf_cgroup_set_wanted(const struct bpf_progs *l, uint64_t key, enum cgroup_verdict verdict);

#endif
