/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the checks that the programs have counted instead of recording them (bpf/aggregate.h). */
#ifndef CAPTRACE_BACKENDS_BPF_AGGREGATE_H
#define CAPTRACE_BACKENDS_BPF_AGGREGATE_H

#include <stdint.h>

#include "core/event/event.h"

struct bpf_decoder;
struct wire_agg_key;

/* Makes the event that @k stands for; it has only the fields that the key holds. */
void bpf_aggregate_decode(const struct bpf_decoder *d, const struct wire_agg_key *k,
			  struct cap_event *ev);

/* Calls @fn for each key in the map @fd, with the number of checks that were not recorded. */
void bpf_aggregate_for_each(int fd, const struct bpf_decoder *d,
			    void (*fn)(void *arg, const struct cap_event *, uint64_t count),
			    void *arg);

#endif
