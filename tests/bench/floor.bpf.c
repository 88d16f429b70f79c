// SPDX-License-Identifier: GPL-2.0-or-later
/* Measures what the hook itself costs: a program that only counts. */
#include "bpf/vmlinux.h"

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} count SEC(".maps");

static __always_inline int add_one(void)
{
	u32 zero = 0;
	u64 *n = bpf_map_lookup_elem(&count, &zero);

	if (n)
		*n += 1;
	return 0;
}

SEC("tp_btf/cap_capable")
int floor_tracepoint(void *ctx)
{
	return add_one();
}

SEC("fexit/cap_capable")
int floor_fexit(void *ctx)
{
	return add_one();
}
