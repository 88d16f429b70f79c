/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --unique in the kernel: of all checks with the same wire_agg_key the first is recorded, and the
 * others are counted here. A key is remembered only after its record was made: if that was lost,
 * the next check with the key is recorded.
 */
#ifndef CAPTRACE_BPF_AGGREGATE_H
#define CAPTRACE_BPF_AGGREGATE_H

#include "bpf/outcome.h"
#include "bpf/record.h"
#include "core/event/syscall_abi.h"

/* The number of checks that were not recorded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct wire_agg_key);
	__type(value, u64);
} aggregates SEC(".maps");

/* record_who() has filled @r. */
static __always_inline void agg_key_of(struct wire_agg_key *k, const struct check *c,
				       const struct wire_check *r)
{
	k->cgroup_key = r->cgroup_key;
	__builtin_memcpy(k->comm, r->comm, sizeof(k->comm));
	k->target_userns = c->target_userns;
	k->cap = c->cap;
	k->syscall = r->abi == SYSCALL_ABI_NONE ? 0 : r->syscall;
	k->abi = r->abi;
	k->denied = c->denied;
	k->audit = c->audit;
	k->startup = r->startup;
	if (cfg.unique == WIRE_UNIQUE_TASKS) {
		k->tgid = bpf_get_current_pid_tgid() >> 32;
		k->current_userns = c->current_userns;
	}
}

/*
 * Whether one record is enough for all checks with the same key. For advice it is not if the
 * meaning of a check depends on how its system call ends, or on the check before it.
 */
static __always_inline bool aggregate_fits(const struct check *c)
{
	if (cfg.unique != WIRE_UNIQUE_TASKS)
		return true;
	if (c->cred_override)
		return false;
	return c->audit == WIRE_NO || (!outcome_matters(c) && c->cap != CAP_DAC_OVERRIDE);
}

/* Whether a check with this key was recorded before; if so, this one is counted. */
static __always_inline bool aggregate_seen(const struct wire_agg_key *k)
{
	u64 *count = bpf_map_lookup_elem(&aggregates, k);

	if (!count)
		return false;
	COUNT(*count);
	return true;
}

/*
 * If the map has no room for the key, each check with it is recorded, and user space merges them.
 */
static __always_inline bool aggregate_remember(const struct wire_agg_key *k, u64 count)
{
	return !bpf_map_update_elem(&aggregates, k, &count, BPF_NOEXIST);
}

/* Counts a check that found no room in the ring, so that none is lost at any rate of checks. */
static __always_inline bool aggregate_saves(const struct wire_agg_key *k, const struct check *c)
{
	if (cfg.unique != WIRE_UNIQUE_TASKS || control.mode != BPF_MODE_LIVE || c->cred_override)
		return false;
	return aggregate_seen(k) || aggregate_remember(k, 1);
}

#endif
