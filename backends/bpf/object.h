/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A variant's BPF object, which is opened, set up and loaded in the same way for all variants. */
#ifndef CAPTRACE_BACKENDS_BPF_OBJECT_H
#define CAPTRACE_BACKENDS_BPF_OBJECT_H

#include <stddef.h>

#include "backends/bpf/memory.h"
#include "backends/bpf/programs.h"
#include "bpf/wire.h"

struct bpf_link;
struct bpf_object;
struct bpf_object_desc;
struct err;
struct features;

#define BPF_LINKS_MAX (WIRE_COPIES * BPF_PROGRAMS)

struct bpf_progs {
	struct features *features; /* the backend's; set before bpf_progs_open() */
	const struct bpf_object_desc *desc;
	struct bpf_object *obj;
	struct bpf_memory memory;
	struct bpf_link *links[BPF_LINKS_MAX];
	const char *names[BPF_LINKS_MAX]; /* of the links' programs */
	size_t links_len;
};

/*
 * Loads @desc with @cfg as its constants and with maps of the sizes that @cfg needs. Sets
 * cfg->seeded, and clears cfg->want_outcome if this kernel can't show outcomes. @ring_size is in
 * bytes and is rounded up to what the kernel accepts. 0, or a negative errno with @e set; @l then
 * needs no close.
 */
int bpf_progs_open(struct bpf_progs *l, const struct bpf_object_desc *desc, struct bpf_cfg *cfg,
		   const char *btf_path, size_t ring_size, struct err *e);
void bpf_progs_close(struct bpf_progs *l);

/*
 * Sets the mode of the programs, and passes on to them the rest of `control`. 0, or a negative
 * errno with @e set.
 */
int bpf_progs_set_mode(struct bpf_progs *l, enum bpf_mode mode, struct err *e);

/* The fd of a map, by name; negative if there is none. */
int bpf_progs_map(const struct bpf_progs *l, const char *name);

/* The map's max_entries: of a ring buffer, its bytes. 0 if there is no such map. */
size_t bpf_progs_size(const struct bpf_progs *l, const char *name);

#endif
