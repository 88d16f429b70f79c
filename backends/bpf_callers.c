// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf_callers.h"

#include <linux/types.h>
#include <string.h>

#include "bpf/wire.h"
#include "compat/ksyms.h"
#include "core/util.h"

_Static_assert(WIRE_DUMP_WORDS == 32, "struct bpf_callers holds a bit a word");

/*
 * Who calls cap_capable, and security_capable, with which options (kernel/capability.c,
 * security/security.c, security/commoncap.c of 6.14 to 6.18). The programs look in this order: what
 * is asked most often comes first. A caller that isn't here leaves audit unknown.
 */
static const struct {
	const char *symbol;
	enum wire_caller kind;
} callers[] = {
	{"security_capable", WIRE_CALLER_VIA},
	{"capable", WIRE_CALLER_AUDIT},
	{"ns_capable", WIRE_CALLER_AUDIT},
	{"security_vm_enough_memory_mm", WIRE_CALLER_NOAUDIT},
	{"ns_capable_noaudit", WIRE_CALLER_NOAUDIT},
	{"ns_capable_setid", WIRE_CALLER_SETID},
	{"capable_wrt_inode_uidgid", WIRE_CALLER_AUDIT},
	{"has_ns_capability_noaudit", WIRE_CALLER_NOAUDIT},
	{"ptracer_capable", WIRE_CALLER_NOAUDIT},
	{"file_ns_capable", WIRE_CALLER_AUDIT},
	{"has_capability_noaudit", WIRE_CALLER_NOAUDIT},
	{"has_ns_capability", WIRE_CALLER_AUDIT},
	{"has_capability", WIRE_CALLER_AUDIT},
	{"kallsyms_show_value", WIRE_CALLER_NOAUDIT},
	{"ns_capable_common", WIRE_CALLER_VIA},
	{"cap_vm_enough_memory", WIRE_CALLER_NOAUDIT},
	{"cap_capset", WIRE_CALLER_AUDIT},
	{"security_capset", WIRE_CALLER_AUDIT},
	{"cap_task_prctl", WIRE_CALLER_AUDIT},
	{"security_task_prctl", WIRE_CALLER_AUDIT},
	{"cap_mmap_addr", WIRE_CALLER_AUDIT},
	{"security_mmap_addr", WIRE_CALLER_AUDIT},
};

_Static_assert(ARRAY_SIZE(callers) <= WIRE_RANGES, "more callers than ranges");

int bpf_callers_ranges(struct bpf_cfg *cfg, struct err *e)
{
	struct ksym syms[ARRAY_SIZE(callers)];
	uint64_t ends[ARRAY_SIZE(callers)];
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(callers); i++)
		syms[i] = (struct ksym){.name = callers[i].symbol};
	rc = ksyms_resolve_ranges(syms, ends, ARRAY_SIZE(syms), e);
	if (rc)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		if (!ends[i])
			continue;
		cfg->ranges[cfg->ranges_len++] = (struct wire_range){
			.start = syms[i].addr,
			.end = ends[i],
			.kind = callers[i].kind,
		};
	}
	return 0;
}

static enum wire_caller kind_of(const struct bpf_cfg *cfg, uint64_t addr)
{
	for (uint32_t i = 0; i < cfg->ranges_len; i++)
		if (addr >= cfg->ranges[i].start && addr < cfg->ranges[i].end)
			return (enum wire_caller)cfg->ranges[i].kind;
	return WIRE_CALLER_NONE;
}

static void narrow(struct bpf_callers *c, int slot, const struct bpf_shared *shared, uint64_t addr)
{
	for (uint32_t i = 0; i < WIRE_DUMP_WORDS; i++) {
		uint8_t bit = 1 << i % 8;

		/* Word 0 is the first argument, and 0 means that there is no slot. */
		if (!i || shared->dump[i] != addr)
			c->candidates[slot][i / 8] &= ~bit;
		else if (!c->samples[slot])
			c->candidates[slot][i / 8] |= bit;
	}
	c->samples[slot]++;
}

void bpf_callers_learn(struct bpf_callers *c, const struct bpf_cfg *cfg,
		       const struct bpf_shared *shared)
{
	uint32_t len = MIN(shared->frames_len, (uint32_t)WIRE_UNWIND);

	for (uint32_t i = 1; i + 1 < len; i++) {
		enum wire_caller kind = kind_of(cfg, shared->frames[i]);

		if (kind == WIRE_CALLER_NONE)
			continue;
		/* One address for all; where another one is in its place, there is no such word. */
		if (!c->samples[SLOT_ANCHOR])
			c->anchor = shared->frames[i - 1];
		narrow(c, SLOT_ANCHOR, shared, c->anchor);
		narrow(c, SLOT_CALLER, shared, shared->frames[i]);
		if (kind == WIRE_CALLER_VIA)
			narrow(c, SLOT_OUTER, shared, shared->frames[i + 1]);
		return;
	}
}

/* The first word that has always held the address; 0 if none has. */
static uint32_t slot_of(const struct bpf_callers *c, int slot)
{
	/* One sample can't tell the place from a stale copy. */
	for (uint32_t i = 0; i < WIRE_DUMP_WORDS && c->samples[slot] >= 2; i++)
		if (c->candidates[slot][i / 8] & 1 << i % 8)
			return i;
	return 0;
}

bool bpf_callers_settle(const struct bpf_callers *c, struct bpf_shared *shared)
{
	uint32_t anchor = slot_of(c, SLOT_ANCHOR), caller = slot_of(c, SLOT_CALLER),
		 outer = slot_of(c, SLOT_OUTER);

	if (!anchor || anchor >= caller || caller >= outer)
		return false;
	shared->anchor_slots[0] = anchor;
	shared->caller_slots[0] = caller - anchor;
	shared->caller_slots[1] = outer - caller;
	__atomic_store_n(&shared->anchor, c->anchor, __ATOMIC_SEQ_CST);
	return true;
}
