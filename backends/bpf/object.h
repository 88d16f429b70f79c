/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A variant's BPF object: opened, set up and loaded the same way for all variants. */
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
 * Loads @desc with @cfg as its constants and maps sized for it; sets `seeded` of @cfg, and clears
 * what this kernel can't tell. @ring_size in bytes, rounded up to what the kernel takes. @l needs no
 * close if it fails.
 */
int bpf_progs_open(struct bpf_progs *l, const struct bpf_object_desc *desc, struct bpf_cfg *cfg,
		   const char *btf_path, size_t ring_size, struct err *e);
void bpf_progs_close(struct bpf_progs *l);

/* Tells the programs their mode, and all else in control. 0, or a negative errno with @e set. */
int bpf_progs_set_mode(struct bpf_progs *l, enum bpf_mode mode, struct err *e);

/* The fd of a map, by name; negative if there is none. */
int bpf_progs_map(const struct bpf_progs *l, const char *name);

/* Its entries; bytes of a ring buffer. */
size_t bpf_progs_size(const struct bpf_progs *l, const char *name);

#endif
