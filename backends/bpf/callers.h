/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the tracepoint variant, which derives from cap_capable's caller whether a check is audited:
 * the address ranges of the callers, and where their return addresses are on the stack.
 */
#ifndef CAPTRACE_BACKENDS_BPF_CALLERS_H
#define CAPTRACE_BACKENDS_BPF_CALLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event/event.h"

struct bpf_cfg;
struct bpf_shared;
struct err;

/* Fills cfg->ranges from the symbols that this kernel has. Errors as callers_new(). */
int bpf_callers_ranges(struct bpf_cfg *cfg, struct err *e);

/* The return addresses on the stack of a check, innermost first. */
enum { SLOT_ANCHOR, SLOT_CALLER, SLOT_OUTER, SLOTS };

/*
 * The words of the stack that may hold each of them; every check of calibration narrows them down.
 */
struct bpf_callers {
	uint64_t anchor;
	uint32_t samples[SLOTS];
	uint8_t candidates[SLOTS][32 / 8]; /* bit n: word n; WIRE_DUMP_WORDS bits */
};

/* Takes in the stack of calibration's last check, which the programs left in @shared. */
void bpf_callers_learn(struct bpf_callers *c, const struct bpf_cfg *cfg,
		       const struct bpf_shared *shared);

/*
 * Tells the programs where the slots are. False if they were not found: the programs then unwind.
 */
bool bpf_callers_settle(const struct bpf_callers *c, struct bpf_shared *shared);

#endif
