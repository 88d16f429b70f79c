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

void bpf_callers_ranges(struct bpf_cfg *cfg, const struct ksyms *ksyms)
{
	struct ksym syms[ARRAY_SIZE(callers)];

	for (size_t i = 0; i < ARRAY_SIZE(callers); i++)
		syms[i] = (struct ksym){.name = callers[i].symbol};
	if (ksyms_resolve(syms, ARRAY_SIZE(syms), NULL))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		const struct ksym *sym = syms[i].addr ? ksyms_at(ksyms, syms[i].addr) : NULL;

		if (!sym)
			continue;
		cfg->ranges[cfg->ranges_len++] = (struct wire_range){
			.start = sym->addr,
			.end = ksyms_end(ksyms, sym),
			.kind = callers[i].kind,
		};
	}
}

static enum wire_caller kind_of(const struct bpf_cfg *cfg, uint64_t addr)
{
	for (uint32_t i = 0; i < cfg->ranges_len; i++)
		if (addr >= cfg->ranges[i].start && addr < cfg->ranges[i].end)
			return (enum wire_caller)cfg->ranges[i].kind;
	return WIRE_CALLER_NONE;
}

/* @slot: 0 for who called cap_capable, 1 for who called security_capable. */
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
	for (uint32_t i = 0; i + 1 < MIN(shared->frames_len, (uint32_t)WIRE_UNWIND); i++) {
		enum wire_caller kind = kind_of(cfg, shared->frames[i]);

		if (kind == WIRE_CALLER_NONE)
			continue;
		narrow(c, 0, shared, shared->frames[i]);
		if (kind == WIRE_CALLER_VIA)
			narrow(c, 1, shared, shared->frames[i + 1]);
		return;
	}
}

static uint32_t first_bit(const uint8_t *bits)
{
	for (uint32_t i = 0; i < WIRE_DUMP_WORDS; i++)
		if (bits[i / 8] & 1 << i % 8)
			return i;
	return 0;
}

void bpf_callers_slots(const struct bpf_callers *c, uint32_t slots[2])
{
	/* One sample can't tell the place from a stale copy. */
	slots[0] = c->samples[0] >= 2 ? first_bit(c->candidates[0]) : 0;
	slots[1] = c->samples[1] >= 2 ? first_bit(c->candidates[1]) : 0;
	if (!slots[1])
		slots[0] = 0;
}
