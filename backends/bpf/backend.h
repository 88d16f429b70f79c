/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the BPF backend share. */
#ifndef CAPTRACE_BACKENDS_BPF_BACKEND_H
#define CAPTRACE_BACKENDS_BPF_BACKEND_H

#include <linux/types.h>

#include "backends/bpf/callers.h"
#include "backends/bpf/cgroup.h"
#include "backends/bpf/decode.h"
#include "backends/bpf/nobtf.h"
#include "backends/bpf/object.h"
#include "bpf/wire.h"
#include "compat/calibrate/calibrate.h"
#include "core/backend.h"

struct bpf_reader;

struct bpf_backend {
	struct backend base;
	struct bpf_cfg cfg;
	struct bpf_progs loaded;
	struct bpf_reader *reader;
	struct cgroup_feed *cgroup_feed; /* NULL: nobody asks, or it can't be had */
	struct ksyms *ksyms;             /* NULL: not needed, or not to be had */
	struct bpf_decoder decoder;
	struct cap_frame frames[WIRE_STACK_FRAMES];
	struct event_handler *sink; /* during a drain */
	uint64_t fields;
	bool btf_given;                   /* --btf */
	struct bpf_nobtf learned;         /* btf_fd is -1 but for bpf:nobtf */
	uint64_t lost_user, lost_targets; /* what the programs don't count */
	struct calibration calibration;   /* as found by open() */
	struct calibrator *calibrator;    /* while open() calibrates */
};

extern const struct backend_ops bpf_backend_ops;

static inline enum bpf_variant bpf_backend_variant(const struct bpf_backend *b)
{
	return (enum bpf_variant)(b->base.variant - bpf_backend_ops.variants);
}

/*
 * With the main programs attached: finds out what this kernel's checks look like, sets b->fields,
 * and attaches the inlined callers' programs where they are needed. Fails if no check arrives.
 */
int bpf_calibrate(struct bpf_backend *b, struct err *e);

#endif
