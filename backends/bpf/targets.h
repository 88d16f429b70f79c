/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the programs which thread groups to trace (bpf/target.h). */
#ifndef CAPTRACE_BACKENDS_BPF_TARGETS_H
#define CAPTRACE_BACKENDS_BPF_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_progs;
struct target;

/*
 * The programs that follow forks are attached by now. What a process forked before that is found in
 * /proc, and what those forked before they were found the next time, until there is nothing new.
 * @seeded as in struct bpf_cfg. Returns how many thread groups found no room.
 */
uint64_t bpf_targets_seed(struct bpf_progs *progs, bool seeded, const struct target *target);

#endif
