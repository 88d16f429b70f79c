/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How all programs write their records: the constants and variables that they share with user
 * space, the maps that records go through, and how a record is reserved and submitted. Each .bpf.c
 * file becomes an object with variables and maps of its own.
 */
#ifndef CAPTRACE_BPF_RECORD_H
#define CAPTRACE_BPF_RECORD_H

#include "bpf/read.h"
#include "bpf/wire.h"

const volatile struct bpf_cfg cfg = {};
struct bpf_control control SEC(".data.control") = {};
struct bpf_shared shared = {};

/*
 * User space sets the type and size before load; kernels without the BPF ring buffer (before 5.8)
 * get a perf event array.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/*
 * Room to make a record for the perf event array. One per CPU is enough, because programs run with
 * preemption off before 5.8.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct wire_stack);
} scratch SEC(".maps");

/*
 * Unaudited checks left out; per CPU, because only this counter grows at the full rate of checks.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} unaudited SEC(".maps");

/* The parts of a check, as the variant's program found them. */
struct check {
	s32 cap;
	u32 opts;
	u8 denied;
	u8 audit;   /* enum wire_tri */
	u8 insetid; /* enum wire_tri */
	u8 cred_override;
	u32 uid, gid;
	u64 caps;
	u32 target_userns, current_userns;
	u32 copy;         /* number of the program's copy that runs (bpf/once.h) */
	const u64 *stack; /* frames taken earlier; NULL: unwind when the record is made */
	u32 stack_len;    /* bytes */
};

/*
 * Not every record wakes the reader: it is woken when it sleeps, or when the ring fills faster than
 * its timer drains it. Each flag is good for one wake-up, so that a burst costs the traced program
 * only one.
 */
static __always_inline u64 wake_flags(void)
{
	if (shared.armed) {
		shared.armed = 0;
		return BPF_RB_FORCE_WAKEUP;
	}
	if (shared.fill_armed && bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > cfg.wake_at) {
		shared.fill_armed = 0;
		return BPF_RB_FORCE_WAKEUP;
	}
	return BPF_RB_NO_WAKEUP;
}

/* Wakes the reader if a record that is already in the ring should have done so. */
static __always_inline void wake_late(void)
{
	u64 flags = wake_flags();
	void *r;

	if (flags != BPF_RB_FORCE_WAKEUP)
		return;
	r = bpf_ringbuf_reserve(&events, sizeof(u64), 0);
	if (r)
		bpf_ringbuf_discard(r, flags);
}

/* NULL if there is no room; the caller counts the loss. */
static __always_inline struct wire_check *record_reserve(void)
{
	u32 zero = 0;

	if (!cfg.ringbuf)
		return bpf_map_lookup_elem(&scratch, &zero);
	return cfg.want_stack ? bpf_ringbuf_reserve(&events, sizeof(struct wire_stack), 0)
			      : bpf_ringbuf_reserve(&events, sizeof(struct wire_check), 0);
}

/* For a record that is not a check. NULL if there is no room; the loss has been counted. */
static __always_inline void *extra_reserve(u64 size)
{
	u32 zero = 0;
	void *r;

	if (!cfg.ringbuf)
		return bpf_map_lookup_elem(&scratch, &zero);
	r = bpf_ringbuf_reserve(&events, size, 0);
	if (!r)
		COUNT(shared.lost_ring);
	return r;
}

/* The first word of a record that is not a check. */
static __always_inline u64 extra_time(enum wire_kind kind)
{
	return bpf_ktime_get_ns() | (u64)kind << WIRE_KIND_SHIFT;
}

/*
 * False if the record was lost; the loss has been counted. @wakes: this copy may wake the reader
 * (copy_wakes()).
 */
static __always_inline bool record_submit(void *ctx, void *r, u64 size, bool wakes)
{
	if (cfg.ringbuf) {
		bpf_ringbuf_submit(r, wakes ? wake_flags() : BPF_RB_NO_WAKEUP);
		return true;
	}
	if (!bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, r, size))
		return true;
	COUNT(shared.lost_ring);
	return false;
}

#endif
