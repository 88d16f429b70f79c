/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The combinations that the programs count for --unique. */
#ifndef CAPTRACE_BACKENDS_BPF_AGGREGATE_H
#define CAPTRACE_BACKENDS_BPF_AGGREGATE_H

#include <stdint.h>

#include "core/event/event.h"

struct bpf_decoder;
struct wire_agg_key;

/* The event that @k stands for: it has what the combination is made of. */
void bpf_aggregate_decode(const struct bpf_decoder *d, const struct wire_agg_key *k,
			  struct cap_event *ev);

/* Calls @fn for each in the map @fd, with how many events like it were not recorded. */
void bpf_aggregate_for_each(int fd, const struct bpf_decoder *d,
			    void (*fn)(void *arg, const struct cap_event *, uint64_t count),
			    void *arg);

#endif
