/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audit for the tracepoint variant, from who called cap_capable: the address ranges of the callers,
 * and the place of the return addresses on the stack.
 */
#ifndef CAPTRACE_BPF_CALLERS_H
#define CAPTRACE_BPF_CALLERS_H

#include <stdint.h>

#include "core/event.h"

struct bpf_cfg;
struct bpf_shared;
struct ksyms;

/* Fills cfg->ranges from the symbols that this kernel has. */
void bpf_callers_ranges(struct bpf_cfg *cfg, const struct ksyms *ksyms);

/* Slots that may hold the two return addresses, narrowed with each calibrating check. */
struct bpf_callers {
	uint32_t samples[2];
	uint8_t candidates[2][32 / 8]; /* bit n: word n; WIRE_DUMP_WORDS bits */
};

/* Takes in what the programs left of the last calibrating check. */
void bpf_callers_learn(struct bpf_callers *c, const struct bpf_cfg *cfg,
		       const struct bpf_shared *shared);

/* The slots, or 0 and 0 if they weren't found: the programs unwind. */
void bpf_callers_slots(const struct bpf_callers *c, uint32_t slots[2]);

#endif
