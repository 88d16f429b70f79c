/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the programs' record to the event. */
#ifndef CAPTRACE_BACKENDS_BPF_DECODE_H
#define CAPTRACE_BACKENDS_BPF_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/event/event.h"

struct ksyms;
struct wire_check;

struct bpf_decoder {
	bool beside;               /* not every record is a check */
	uint64_t fields;           /* FIELD() bits that the programs fill */
	uint64_t clock_offset;     /* Unix time less CLOCK_MONOTONIC, ns */
	const struct ksyms *ksyms; /* NULL: frames stay addresses */
	struct cap_frame *frames;  /* room for WIRE_STACK_FRAMES */
};

/* @size is that of the whole record. -EBADMSG if it is too short to be one. */
int bpf_decode(const struct bpf_decoder *d, const void *data, size_t size, struct cap_event *ev);

/* The same for a record beside the checks. -EBADMSG if it is none, or another one. */
int bpf_decode_outcome(const struct bpf_decoder *d, const void *data, size_t size,
		       struct cap_outcome *o);
int bpf_decode_exec(const struct bpf_decoder *d, const void *data, size_t size, struct cap_exec *x);

#endif
