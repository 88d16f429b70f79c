/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audit for the tracepoint variant, from who called cap_capable: the address ranges of the callers,
 * and the places of the return addresses on the stack.
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

/* The addresses on the way to a check, from the inside. */
enum { SLOT_ANCHOR, SLOT_CALLER, SLOT_OUTER, SLOTS };

/* Words that may hold each of them, narrowed with each calibrating check. */
struct bpf_callers {
	uint64_t anchor;
	uint32_t samples[SLOTS];
	uint8_t candidates[SLOTS][32 / 8]; /* bit n: word n; WIRE_DUMP_WORDS bits */
};

/* Takes in what the programs left of the last calibrating check. */
void bpf_callers_learn(struct bpf_callers *c, const struct bpf_cfg *cfg,
		       const struct bpf_shared *shared);

/* Tells the programs where the slots are. False if they weren't found: the programs unwind. */
bool bpf_callers_settle(const struct bpf_callers *c, struct bpf_shared *shared);

#endif
