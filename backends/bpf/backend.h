/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the BPF backend share. */
#ifndef CAPTRACE_BACKENDS_BPF_BACKEND_H
#define CAPTRACE_BACKENDS_BPF_BACKEND_H

#include <linux/types.h>

#include "backends/bpf/callers.h"
#include "backends/bpf/cgroup.h"
#include "backends/bpf/decode.h"
#include "backends/bpf/images.h"
#include "backends/bpf/nobtf.h"
#include "backends/bpf/object.h"
#include "bpf/wire.h"
#include "compat/calibrate/calibrate.h"
#include "compat/host/features.h"
#include "core/backend.h"

struct bpf_reader;

struct bpf_backend {
	struct backend base;
	struct bpf_cfg cfg;
	struct features features;
	struct bpf_progs progs;
	struct bpf_reader *reader;
	struct cgroup_feed *cgroup_feed; /* NULL: not asked for, or not available */
	struct ksyms *ksyms;             /* NULL: not needed, or not available */
	struct bpf_decoder decoder;
	struct cap_frame frames[WIRE_STACK_FRAMES];
	struct event_handler *handler; /* during a drain */
	uint64_t fields;
	bool btf_given;                   /* --btf */
	struct bpf_nobtf nobtf;           /* btf_fd is -1 in the other variants */
	uint64_t lost_user, lost_targets; /* losses that the programs don't count */
	struct calibration calibration;   /* as found by open() */
	struct calibrator *calibrator;    /* while open() calibrates */
};

extern const struct backend_ops bpf_backend_ops; /* bpf.c */

/*
 * open.c: opens @variant in @b, which is zeroed except for `base`, nobtf.btf_fd and progs.features.
 */
int bpf_open_variant(struct bpf_backend *b, enum bpf_variant variant, const struct backend_cfg *cfg,
		     struct err *e);

/* settings.c: fills b->cfg, except for what bpf_progs_open() sets. */
void bpf_settings_derive(struct bpf_backend *b, enum bpf_variant variant,
			 const struct backend_cfg *cfg);

/* stats.c: bpf_stats_end() counts what is left over once the mode is BPF_MODE_OFF. */
void bpf_stats_end(struct bpf_backend *b);
void bpf_stats_fill(const struct bpf_backend *b, struct backend_stats *stats);

/*
 * calibrate.c: call with the main programs attached. Finds out what this kernel's checks look like,
 * sets b->fields, and attaches the programs for inlined callers where they are needed. Fails if no
 * check arrives.
 */
int bpf_calibrate(struct bpf_backend *b, struct err *e);

#endif
