// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf:tracepoint: capability:cap_capable (d48da4d5ed6b, 6.14), for kernels where nothing can be
 * attached to functions. The tracepoint sees the checks of inlined callers, too, but not the fourth
 * argument: whether a check is audited follows from the function that called cap_capable.
 */
#include "bpf/read.h"

void *bpf_rdonly_cast(const void *obj, u32 btf_id) __ksym; /* a35b9af4ec2c (6.2) */

#define typed(ptr, type) ((type *)bpf_rdonly_cast(ptr, bpf_core_type_id_kernel(type)))
#define distrusted(ptr)  typed(ptr, typeof(*(ptr)))

#include "bpf/cgroup_typed.h"
#include "bpf/check.h"
#include "bpf/cred.h"
#include "bpf/follow_typed.h"
#include "bpf/once.h"
#include "bpf/outcome_typed.h"
#include "bpf/record.h"
#include "bpf/target.h"
#include "compat/calibrate/caller_kind.h"

char LICENSE[] SEC("license") = "GPL";

/* A function of its own, so that the verifier checks its loop once and not for each call. */
__noinline u32 range_kind(u64 addr)
{
	u32 i;

	for (i = 0; i < WIRE_RANGES; i++) {
		if (i >= cfg.ranges_len)
			break;
		if (addr >= cfg.ranges[i].start && addr < cfg.ranges[i].end) {
			shared.kinds[addr % WIRE_KINDS] = addr << 8 | cfg.ranges[i].kind;
			return cfg.ranges[i].kind;
		}
	}
	return CALLER_KIND_NONE;
}

static __always_inline u32 caller_kind(u64 addr)
{
	u64 known = shared.kinds[addr % WIRE_KINDS];

	return (s64)known >> 8 == (s64)addr ? known & 0xff : range_kind(addr);
}

/*
 * A word of the stack that the context is on. It is read by a load and not by a helper: lockdown
 * allows that, and the load gives 0 past the end of the stack.
 */
static __always_inline u64 stack_word(void *ctx, u32 slot)
{
	const struct timespec64 *word = typed(ctx + (u64)slot * 8, struct timespec64);

	return word->tv_sec;
}

/*
 * All frames between this program and cap_capable's caller have a fixed size, so that the two
 * return addresses are at a fixed distance from the context: a few loads replace an unwinding of
 * 1,200 ns. Calibration finds the slots; a word that is not an address in a known function is
 * ignored.
 *
 * If the tracepoint has more than one program, there is one more function between cap_capable and
 * this program. All these addresses are then at a second place, and the anchor shows which of the
 * two places it is. If the anchor is found at both, one of them may be left from an earlier call.
 */
static __always_inline u32 caller_by_slot(void *ctx)
{
	u32 slot = shared.anchor_slots[0], other = shared.anchor_slots[1], kind;
	bool here = stack_word(ctx, slot) == shared.anchor;

	if (!shared.anchor || here == (stack_word(ctx, other) == shared.anchor))
		return CALLER_KIND_NONE;
	slot = (here ? slot : other) + shared.caller_slots[0];
	kind = caller_kind(stack_word(ctx, slot));
	if (kind != CALLER_KIND_VIA)
		return kind;
	kind = caller_kind(stack_word(ctx, slot + shared.caller_slots[1]));
	return kind == CALLER_KIND_VIA ? CALLER_KIND_NONE : kind;
}

/* Finds the anchor's second place, which calibration has not seen: the only word that equals it. */
static __always_inline void anchor_find(void *ctx)
{
	u32 i, found = 0, slot = 0;

	if (!shared.anchor || stack_word(ctx, shared.anchor_slots[0]) == shared.anchor)
		return;
	for (i = 1; i < WIRE_DUMP_WORDS; i++) {
		u64 diff = stack_word(ctx, i) ^ shared.anchor, minus = -diff;
		u32 same;

		/* Not a branch: the verifier would follow both sides of each. */
		asm volatile("" : "+r"(minus));
		same = 1 - (u32)((diff | minus) >> 63);
		found += same;
		slot += same * i;
	}
	if (found == 1)
		shared.anchor_slots[1] = slot;
}

static __always_inline u32 caller_by_unwinding(void *ctx)
{
	u64 frames[WIRE_UNWIND] = {};
	u32 kind;
	int i;

	if (bpf_get_stack(ctx, frames, sizeof(frames), 0) < 0)
		return CALLER_KIND_NONE;
	for (i = 0; i < WIRE_UNWIND; i++) {
		kind = range_kind(frames[i]);
		if (kind != CALLER_KIND_NONE && kind != CALLER_KIND_VIA)
			return kind;
	}
	return CALLER_KIND_NONE;
}

static __always_inline void audit_by_caller(void *ctx, struct check *c)
{
	u32 kind;

	c->audit = WIRE_UNKNOWN;
	c->insetid = WIRE_UNKNOWN;
	if (!cfg.ranges_len)
		return;
	kind = caller_by_slot(ctx);
	if (kind == CALLER_KIND_NONE) {
		kind = caller_by_unwinding(ctx);
		anchor_find(ctx);
	}
	if (kind == CALLER_KIND_NONE)
		return;
	c->audit = kind == CALLER_KIND_NOAUDIT ? WIRE_NO : WIRE_YES;
	c->insetid = kind == CALLER_KIND_SETID ? WIRE_YES : WIRE_NO;
}

/* For user space to find the slots: the words of the stack, and the return addresses unwound. */
static __always_inline void caller_dump(void *ctx)
{
	long len = bpf_get_stack(ctx, shared.frames, sizeof(shared.frames), 0);
	u32 i;

	shared.frames_len = len > 0 ? (u64)len / 8 : 0;
	for (i = 0; i < WIRE_DUMP_WORDS; i++)
		shared.dump[i] = stack_word(ctx, i);
}

static __always_inline void cap_capable_traced(void *ctx, struct check *c, const struct cred *cred,
					       struct user_namespace *target_ns)
{
	if (!run_once(c->copy) || !cap_wanted(c->cap) || !verdict_wanted(c->denied) ||
	    !uid_wanted(cred->uid.val) || !thread_wanted())
		return;
	if (control.mode == BPF_MODE_CALIBRATE)
		caller_dump(ctx);
	audit_by_caller(ctx, c);
	cred_load(c, distrusted(cred));
	c->cred_override = cred_override(cred);
	c->target_userns = target_ns->ns.inum;
	check_emit(ctx, c);
}

#define CAP_CAPABLE_EVENT(name, copy_of)                                              \
	SEC("tp_btf/cap_capable")                                                     \
	int BPF_PROG(name, const struct cred *cred, struct user_namespace *target_ns, \
		     const struct user_namespace *capable_ns, int cap, int ret)       \
	{                                                                             \
		struct check c = {.cap = cap, .denied = ret != 0, .copy = copy_of};   \
                                                                                      \
		cap_capable_traced(ctx, &c, cred, target_ns);                         \
		return 0;                                                             \
	}

COPIES(CAP_CAPABLE_EVENT, cap_capable_event)
