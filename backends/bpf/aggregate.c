// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/aggregate.h"

#include <bpf/bpf.h>
#include <linux/types.h>
#include <string.h>

#include "backends/bpf/decode.h"
#include "bpf/wire.h"

void bpf_aggregate_decode(const struct bpf_decoder *d, const struct wire_agg_key *k,
			  struct cap_event *ev)
{
	struct wire_check r = {
		.cgroup_key = k->cgroup_key,
		.tgid = k->tgid,
		.target_userns = k->target_userns,
		.current_userns = k->current_userns,
		.cap = k->cap,
		.syscall = k->syscall,
		.abi = k->abi,
		.denied = k->denied,
		.audit = k->audit,
		.insetid = WIRE_UNKNOWN,
		.startup = k->startup,
	};

	memcpy(r.comm, k->comm, sizeof(r.comm));
	bpf_decode(d, &r, sizeof(r), ev);
	ev->have &= UNIQUE_FIELDS | FIELD(CGROUP_KEY) |
		    (k->tgid ? FIELD(PID) | FIELD(CURRENT_USERNS) : 0);
}

void bpf_aggregate_for_each(int fd, const struct bpf_decoder *d,
			    void (*fn)(void *arg, const struct cap_event *, uint64_t count),
			    void *arg)
{
	struct wire_agg_key key, *last = NULL;
	struct cap_event ev;
	uint64_t count;

	while (!bpf_map_get_next_key(fd, last, &key)) {
		last = &key;
		if (bpf_map_lookup_elem(fd, &key, &count))
			continue;
		bpf_aggregate_decode(d, &key, &ev);
		fn(arg, &ev, count);
	}
}
