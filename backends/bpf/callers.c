// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/callers.h"

#include <linux/types.h>
#include <string.h>

#include "bpf/wire.h"
#include "compat/calibrate/callers.h"
#include "core/base/util.h"

_Static_assert(WIRE_DUMP_WORDS == 32, "struct bpf_callers has a bit for each word");

static void add_range(void *arg, uint64_t start, uint64_t end, enum caller_kind kind)
{
	struct bpf_cfg *cfg = arg;

	/* The programs look for callers of cap_capable, not for cap_capable itself. */
	if (kind == CALLER_KIND_HOOK || cfg->ranges_len == WIRE_RANGES)
		return;
	cfg->ranges[cfg->ranges_len++] = (struct wire_range){start, end, kind, 0};
}

int bpf_callers_ranges(struct bpf_cfg *cfg, struct err *e)
{
	struct callers *c;
	int rc = callers_new(&c, e);

	if (rc)
		return rc;
	callers_for_each(c, add_range, cfg);
	callers_free(c);
	return 0;
}

static enum caller_kind kind_of(const struct bpf_cfg *cfg, uint64_t addr)
{
	for (uint32_t i = 0; i < cfg->ranges_len; i++)
		if (addr >= cfg->ranges[i].start && addr < cfg->ranges[i].end)
			return (enum caller_kind)cfg->ranges[i].kind;
	return CALLER_KIND_NONE;
}

static void narrow(struct bpf_callers *c, int slot, const struct bpf_shared *shared, uint64_t addr)
{
	for (uint32_t i = 0; i < WIRE_DUMP_WORDS; i++) {
		uint8_t bit = 1 << i % 8;

		/* Word 0 is the first argument, and slot 0 means that there is none. */
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
		enum caller_kind kind = kind_of(cfg, shared->frames[i]);

		if (kind == CALLER_KIND_NONE)
			continue;
		/* All checks must have the same anchor: with another one no candidate is left. */
		if (!c->samples[SLOT_ANCHOR])
			c->anchor = shared->frames[i - 1];
		narrow(c, SLOT_ANCHOR, shared, c->anchor);
		narrow(c, SLOT_CALLER, shared, shared->frames[i]);
		if (kind == CALLER_KIND_VIA)
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
