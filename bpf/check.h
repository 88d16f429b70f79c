/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all variants do with a check once they have its parts: decide whether it is wanted, and
 * write one record.
 */
#ifndef CAPTRACE_BPF_CHECK_H
#define CAPTRACE_BPF_CHECK_H

#include "bpf/aggregate.h"
#include "bpf/cgroup.h"
#include "bpf/once.h"
#include "bpf/outcome.h"
#include "bpf/record.h"
#include "bpf/startup.h"
#include "bpf/target.h"
#include "bpf/task.h"
#include "compat/calibrate/calibrate_form.h"

/* c1a85a00ea66 (5.1) turned the audit flag into a set of bits; some older kernels backported it. */
static __always_inline void check_options(struct check *c, u32 opts)
{
	c->opts = opts;
	c->audit = WIRE_UNKNOWN;
	c->insetid = WIRE_UNKNOWN;
	if (control.form == OPTS_BITS) {
		c->audit = opts & 2 ? WIRE_NO : WIRE_YES;
		c->insetid = opts & 4 ? WIRE_YES : WIRE_NO;
	} else if (control.form == OPTS_AUDIT) {
		c->audit = opts ? WIRE_YES : WIRE_NO;
	}
}

/*
 * The filters, cheapest first: those that need a lookup or an unwinding come after those that look
 * only at the hook's arguments. During calibration they let everything pass.
 */
static __always_inline bool cap_wanted(s32 cap)
{
	if (control.mode != BPF_MODE_LIVE)
		return control.mode == BPF_MODE_CALIBRATE;
	return (u32)cap >= 64 || cfg.caps >> cap & 1;
}

static __always_inline bool verdict_wanted(bool denied)
{
	return control.mode != BPF_MODE_LIVE || cfg.verdicts & (denied ? 2 : 1);
}

static __always_inline bool uid_wanted(u32 uid)
{
	return !cfg.has_uid || control.mode != BPF_MODE_LIVE || uid == cfg.uid;
}

/* The last filter, because it counts what it leaves out: checks that pass all the others. */
static __always_inline bool audit_wanted(u8 audit)
{
	u32 zero = 0;
	u64 *count;

	if (!cfg.audited_only || audit != WIRE_NO || control.mode != BPF_MODE_LIVE)
		return true;
	count = bpf_map_lookup_elem(&unaudited, &zero);
	if (count)
		*count += 1;
	return false;
}

static __always_inline void record_stack(void *ctx, struct wire_check *r, const struct check *c)
{
	struct wire_stack *s = (struct wire_stack *)r;
	long len;

	if (c->stack) {
		bpf_probe_read_kernel(s->frames, sizeof(s->frames), c->stack);
		r->stack_len = c->stack_len;
	} else {
		len = bpf_get_stack(ctx, s->frames, sizeof(s->frames), 0);
		r->stack_len = len > 0 ? len : 0;
	}
}

static __always_inline void record_who(struct wire_check *r)
{
	if (cfg.want_key)
		r->cgroup_key = cgroup_key();
	if (cfg.want_startup)
		r->startup = startup_now();
	record_task(r);
}

/* The last step of every variant: @c is complete, and has passed all filters but audit_wanted(). */
static __always_inline void check_emit(void *ctx, const struct check *c)
{
	struct wire_agg_key agg_key = {};
	struct wire_check *r;
	u64 id;

	if (!audit_wanted(c->audit))
		return;
	if (cfg.unique && control.mode == BPF_MODE_LIVE) {
		struct wire_check rec = {};

		record_who(&rec);
		agg_key_of(&agg_key, c, &rec);
		if (aggregate_fits(c) && aggregate_seen(&agg_key))
			return;
	}
	r = record_reserve();
	if (!r) {
		/* The ring buffer does not count failed reservations itself. */
		if (!aggregate_saves(&agg_key, c))
			COUNT(shared.lost_ring);
		return;
	}
	if (cfg.want_time)
		r->time = bpf_ktime_get_ns();
	id = bpf_get_current_pid_tgid();
	r->tgid = id >> 32;
	r->tid = id;
	r->cap = c->cap;
	r->opts = c->opts;
	r->denied = c->denied;
	r->audit = c->audit;
	r->insetid = c->insetid;
	r->cred_override = c->cred_override;
	r->uid = c->uid;
	r->gid = c->gid;
	r->caps = c->caps;
	r->target_userns = c->target_userns;
	r->current_userns = c->current_userns;
	r->stack_len = 0;
	record_who(r);
	if (cfg.want_stack)
		record_stack(ctx, r, c);
	if (cfg.want_outcome)
		call_note(c, r);
	if (record_submit(ctx, r,
			  cfg.want_stack ? sizeof(struct wire_stack) : sizeof(struct wire_check),
			  copy_wakes(c->copy)) &&
	    cfg.unique && control.mode == BPF_MODE_LIVE && aggregate_fits(c))
		aggregate_remember(&agg_key, 0);
}

#endif
