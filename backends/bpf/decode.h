/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the records of the BPF programs into events. */
#ifndef CAPTRACE_BACKENDS_BPF_DECODE_H
#define CAPTRACE_BACKENDS_BPF_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/event/event.h"

struct ksyms;
struct wire_check;

struct bpf_decoder {
	bool extra;                /* some records are not checks */
	uint64_t fields;           /* FIELD() bits that the programs fill */
	uint64_t clock_offset;     /* Unix time less CLOCK_MONOTONIC, ns */
	const struct ksyms *ksyms; /* NULL: frames stay addresses */
	struct cap_frame *frames;  /* room for WIRE_STACK_FRAMES */
};

/*
 * Decodes the record of a check, of @size bytes. 0, or -EBADMSG if it is too short. ev->kstack
 * points to @d's frames.
 */
int bpf_decode(const struct bpf_decoder *d, const void *data, size_t size, struct cap_event *ev);

/*
 * The same for records that are not checks. -EBADMSG if the record is of another kind or too short.
 * x->filename points into @data.
 */
int bpf_decode_outcome(const struct bpf_decoder *d, const void *data, size_t size,
		       struct cap_outcome *o);
int bpf_decode_exec(const struct bpf_decoder *d, const void *data, size_t size, struct cap_exec *x);

#endif
