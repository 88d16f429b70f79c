// SPDX-License-Identifier: GPL-2.0-or-later
/* How the records of the BPF programs become events. Needs no kernel. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/types.h>
#include <string.h>

#include "backends/bpf/callers.h"
#include "backends/bpf/decode.h"
#include "bpf/wire.h"
#include "compat/calibrate/caller_kind.h"
#include "core/event/syscall_abi.h"

static struct cap_frame frames[WIRE_STACK_FRAMES];

static const struct bpf_decoder all = {
	.fields = FIELDS_BACKEND,
	.clock_offset = 1000,
	.frames = frames,
};

static struct wire_check sample(void)
{
	return (struct wire_check){
		.time = 5,
		.caps = 0x1ffffffffff,
		.cgroupid = 42,
		.tgid = 100,
		.tid = 101,
		.uid = 4294967294,
		.gid = 7,
		.target_userns = 4026531837,
		.current_userns = 4026532133,
		.mntns = 4026531840,
		.cap = 0,
		.syscall = 141,
		.abi = SYSCALL_ABI_X86_64,
		.denied = 1,
		.audit = WIRE_NO,
		.insetid = WIRE_YES,
		.comm = "nice",
	};
}

Test(bpf_decode, every_field)
{
	struct wire_check r = sample();
	struct cap_event ev;

	cr_assert_eq(bpf_decode(&all, &r, sizeof(r), &ev), 0);
	cr_assert_eq(ev.have, FIELDS_BACKEND & ~FIELD(KSTACK));
	cr_assert_eq(ev.timestamp, 1005);
	cr_assert_eq(ev.pid, 100);
	cr_assert_eq(ev.tid, 101);
	cr_assert_eq(ev.uid, 4294967294);
	cr_assert_eq(ev.gid, 7);
	cr_assert_eq(ev.cap, 0);
	cr_assert_eq(ev.audit, false);
	cr_assert_eq(ev.insetid, true);
	cr_assert_eq(ev.verdict, CAP_DENY);
	cr_assert_str_eq(ev.syscall, "setpriority");
	cr_assert_eq(ev.caps, 0x1ffffffffff);
	cr_assert_eq(ev.target_userns, 4026531837);
	cr_assert_eq(ev.current_userns, 4026532133);
	cr_assert_eq(ev.mntns, 4026531840);
	cr_assert_eq(ev.cgroupid, 42);
	cr_assert_str_eq(ev.comm, "nice");
}

Test(bpf_decode, unknown_is_absent)
{
	struct wire_check r = sample();
	struct cap_event ev;

	r.audit = r.insetid = WIRE_UNKNOWN;
	r.abi = SYSCALL_ABI_NONE;
	cr_assert_eq(bpf_decode(&all, &r, sizeof(r), &ev), 0);
	cr_assert_eq(ev.have & (FIELD(AUDIT) | FIELD(INSETID) | FIELD(SYSCALL)), 0);
	cr_assert_null(ev.syscall);
}

Test(bpf_decode, fields_that_are_not_filled_are_absent)
{
	struct bpf_decoder d = all;
	struct wire_check r = sample();
	struct cap_event ev;

	d.fields = FIELD(PID) | FIELD(CAP);
	cr_assert_eq(bpf_decode(&d, &r, sizeof(r), &ev), 0);
	cr_assert_eq(ev.have, FIELD(PID) | FIELD(CAP));
}

Test(bpf_decode, same_number_by_abi)
{
	struct wire_check r = sample();
	struct cap_event ev;

	r.syscall = 97;
	r.abi = SYSCALL_ABI_I386;
	bpf_decode(&all, &r, sizeof(r), &ev);
	cr_assert_str_eq(ev.syscall, "setpriority");
	r.syscall = 141;
	bpf_decode(&all, &r, sizeof(r), &ev);
	cr_assert_str_eq(ev.syscall, "getdents");
	r.syscall = 463;
	bpf_decode(&all, &r, sizeof(r), &ev);
	cr_assert_str_eq(ev.syscall, "setxattrat");
	r.syscall = 900;
	bpf_decode(&all, &r, sizeof(r), &ev);
	cr_assert_str_eq(ev.syscall, "syscall_900");
}

Test(bpf_decode, comm_without_end)
{
	struct wire_check r = sample();
	struct cap_event ev;

	memset(r.comm, 'x', sizeof(r.comm));
	bpf_decode(&all, &r, sizeof(r), &ev);
	cr_assert_eq(strlen(ev.comm), 15);
}

Test(bpf_decode, short_record)
{
	struct wire_check r = sample();
	struct cap_event ev;

	cr_assert_eq(bpf_decode(&all, &r, sizeof(r) - 1, &ev), -EBADMSG);
}

Test(bpf_decode, stack_longer_than_its_room)
{
	static struct wire_stack s;
	struct cap_event ev;

	s.check = sample();
	s.check.stack_len = 60000;
	s.frames[0] = 0xffffffff81000000;
	cr_assert_eq(bpf_decode(&all, &s, sizeof(s), &ev), 0);
	cr_assert(ev.have & FIELD(KSTACK));
	cr_assert_eq(ev.kstack_len, WIRE_STACK_FRAMES);
	cr_assert_eq(ev.kstack[0].addr, 0xffffffff81000000);
	cr_assert_null(ev.kstack[0].symbol);
}

/* Two functions that show whether a check is audited, and a third that they call on the way. */
static const struct bpf_cfg cfg = {
	.ranges_len = 3,
	.ranges =
		{
			{100, 200, CALLER_KIND_VIA, 0},
			{300, 400, CALLER_KIND_AUDIT, 0},
			{500, 600, CALLER_KIND_NOAUDIT, 0},
		},
};

static struct bpf_shared stack_of(uint64_t via, uint64_t caller)
{
	struct bpf_shared s = {
		.frames = {1, 2, via, caller, 9},
		.frames_len = 5,
	};

	/* A copy of `via` that an earlier call left on the stack, nearer than the real one. */
	s.dump[3] = 150;
	s.dump[6] = 2; /* the anchor: the frame below */
	s.dump[8] = via;
	s.dump[12] = caller;
	return s;
}

Test(bpf_callers, a_stale_copy_is_told_from_the_slot)
{
	struct bpf_shared one = stack_of(150, 350), two = stack_of(160, 550), found = {0};
	struct bpf_callers c = {0};

	bpf_callers_learn(&c, &cfg, &one);
	cr_assert_not(bpf_callers_settle(&c, &found), "one sample proves nothing");
	bpf_callers_learn(&c, &cfg, &two);
	cr_assert(bpf_callers_settle(&c, &found));
	cr_assert_eq(found.anchor, 2);
	cr_assert_eq(found.anchor_slots[0], 6);
	cr_assert_eq(found.caller_slots[0], 2);
	cr_assert_eq(found.caller_slots[1], 4);
}

Test(bpf_callers, places_that_vary_are_not_found)
{
	struct bpf_shared one = stack_of(150, 350), two = stack_of(160, 550), found = {0};
	struct bpf_callers c = {0};

	two.dump[13] = two.dump[12];
	two.dump[12] = 0;
	bpf_callers_learn(&c, &cfg, &one);
	bpf_callers_learn(&c, &cfg, &two);
	cr_assert_not(bpf_callers_settle(&c, &found));
	cr_assert_eq(found.anchor, 0);
}

Test(bpf_callers, an_anchor_that_varies_is_none)
{
	struct bpf_shared one = stack_of(150, 350), two = stack_of(160, 550), found = {0};
	struct bpf_callers c = {0};

	two.frames[1] = two.dump[6] = 3;
	bpf_callers_learn(&c, &cfg, &one);
	bpf_callers_learn(&c, &cfg, &two);
	cr_assert_not(bpf_callers_settle(&c, &found), "other checks would not be found by it");
}

static struct wire_outcome outcome(int64_t ret, uint8_t abi)
{
	return (struct wire_outcome){
		.time = UINT64_C(9) | (uint64_t)WIRE_OUTCOME << WIRE_KIND_SHIFT,
		.since = 5,
		.permitted = 0x80,
		.ret = ret,
		.tgid = 100,
		.tid = 101,
		.abi = abi,
		.ids = WIRE_YES,
		.has_permitted = 1,
	};
}

static struct cap_outcome decoded(int64_t ret, uint8_t abi)
{
	struct wire_outcome r = outcome(ret, abi);
	struct cap_outcome o;

	cr_assert_eq(bpf_decode_outcome(&all, &r, sizeof(r), &o), 0);
	return o;
}

Test(bpf_decode, how_a_call_ended)
{
	struct cap_outcome o = decoded(-EPERM, SYSCALL_ABI_X86_64);

	cr_assert_eq(o.since, 1005);
	cr_assert_eq(o.until, 1009);
	cr_assert_eq(o.pid, 100);
	cr_assert_eq(o.tid, 101);
	cr_assert(o.refused && o.has_ret && o.ret == -EPERM);
	cr_assert(o.has_ids && o.ids_changed);
	cr_assert(o.has_permitted && o.permitted == 0x80);
	cr_assert(decoded(-EACCES, SYSCALL_ABI_X86_64).refused);
	cr_assert_not(decoded(-ENOENT, SYSCALL_ABI_X86_64).refused);
	cr_assert_not(decoded(0, SYSCALL_ABI_X86_64).refused);
}

Test(bpf_decode, what_was_not_known_of_a_call_is_absent)
{
	struct wire_outcome r = outcome(-EPERM, SYSCALL_ABI_NONE);
	struct cap_outcome o;

	r.ids = WIRE_UNKNOWN;
	r.has_permitted = 0;
	cr_assert_eq(bpf_decode_outcome(&all, &r, sizeof(r), &o), 0);
	cr_assert_not(o.has_ids || o.has_permitted || o.has_args);
	cr_assert(o.refused);
}

Test(bpf_decode, the_result_of_a_32_bit_call_has_its_sign)
{
	cr_assert_eq(decoded(0xffffffff, SYSCALL_ABI_I386).ret, -EPERM);
	cr_assert(decoded(0xfffffff3, SYSCALL_ABI_ARM).refused);
	cr_assert_eq(decoded(0xf7000000, SYSCALL_ABI_I386).ret, 0xf7000000, "an address");
	cr_assert_eq(decoded(0xffffffff, SYSCALL_ABI_X86_64).ret, 0xffffffff, "an offset");
}

Test(bpf_decode, what_was_executed)
{
	struct wire_exec r = {
		.time = UINT64_C(9) | (uint64_t)WIRE_EXEC << WIRE_KIND_SHIFT,
		.tgid = 100,
		.tid = 100,
		.filename = "/usr/bin/nice",
	};
	struct wire_outcome other = outcome(0, SYSCALL_ABI_X86_64);
	struct cap_outcome o;
	struct cap_exec x;

	cr_assert_eq(bpf_decode_exec(&all, &r, sizeof(r), &x), 0);
	cr_assert_eq(x.timestamp, 1009);
	cr_assert_str_eq(x.filename, "/usr/bin/nice");
	cr_assert_eq(bpf_decode_outcome(&all, &r, sizeof(r), &o), -EBADMSG);
	cr_assert_eq(bpf_decode_exec(&all, &other, sizeof(other), &x), -EBADMSG);
	cr_assert_eq(bpf_decode_exec(&all, &r, sizeof(r) - 1, &x), -EBADMSG);
	memset(r.filename, 'x', sizeof(r.filename));
	cr_assert_eq(bpf_decode_exec(&all, &r, sizeof(r), &x), -EBADMSG);
}
