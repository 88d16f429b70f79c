/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the programs which thread groups to trace (bpf/target.h). */
#ifndef CAPTRACE_BACKENDS_BPF_TARGETS_H
#define CAPTRACE_BACKENDS_BPF_TARGETS_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_progs;
struct target;

/*
 * Call with the programs that follow forks attached. Children that were forked before that are
 * found in /proc. These may have forked before they were found, so the search is repeated until it
 * finds nothing new. @seeded as in struct bpf_cfg. Returns the number of thread groups without
 * room.
 */
uint64_t bpf_targets_seed(struct bpf_progs *progs, bool seeded, const struct target *target);

#endif
