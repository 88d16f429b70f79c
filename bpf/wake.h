/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the reader of the ring buffer is woken. */
#ifndef CAPTRACE_BPF_WAKE_H
#define CAPTRACE_BPF_WAKE_H

/*
 * No wake-up an event: the reader is woken when it sleeps, or when the ring fills faster than its
 * timer drains it. Each flag is for one wake-up, so that a burst costs the traced program one.
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

/* Wakes it where a record that is already in the ring should have. */
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

#endif
