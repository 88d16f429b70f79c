/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A variant's BPF object: opened, set up, loaded and attached the same way for all variants, by a
 * table of what each program is for.
 */
#ifndef CAPTRACE_BACKENDS_BPF_OBJECT_H
#define CAPTRACE_BACKENDS_BPF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"

struct bpf_object;
struct err;

#define BPF_LINKS_MAX 120

/* The rows of bpf_backend_ops.variants: the order in which `auto` tries them. */
enum bpf_variant { BPF_FEXIT, BPF_KPROBE, BPF_TRACEPOINT, BPF_NOBTF };

struct bpf_object_desc {
	enum bpf_variant variant;
	const void *(*elf)(size_t *size);
	bool needs_kernel_btf; /* typed programs attach by the kernel's own BTF, whatever --btf says */
	bool learned; /* the kernel's structures are found out at the start: nothing is known of others */
	int word; /* bytes of a long in kernels that it is for */
};

struct bpf_progs {
	const struct bpf_object_desc *image;
	struct bpf_object *obj;
	/* Mapped or copies: bpf_memory_tell() after a change, bpf_memory_shared() to read. */
	struct bpf_control *control;
	struct bpf_shared *shared;
	uint8_t *targets; /* enum target_state of each thread group; NULL with cfg.seeded */
	size_t targets_len;
	bool mapped;
	struct bpf_link *links[BPF_LINKS_MAX];
	const char *names[BPF_LINKS_MAX]; /* of the links' programs */
	size_t links_len;
};

/* For a kernel whose longs have @word bytes. NULL if there is none in this build. */
const struct bpf_object_desc *bpf_object_desc_find(enum bpf_variant variant, int word);

/*
 * Loads @image with @cfg as its constants and maps sized for it; sets `seeded` of @cfg. @ring_size in
 * bytes, rounded up to what the kernel takes.
 */
int bpf_progs_open(struct bpf_progs *l, const struct bpf_object_desc *image, struct bpf_cfg *cfg,
		   const char *btf_path, size_t ring_size, struct err *e);
void bpf_progs_close(struct bpf_progs *l);

/*
 * Attaches the programs that every run needs, and those that @cfg asks for. That those for cgroups
 * are refused is no error: bpf_progs_attached() tells.
 */
int bpf_progs_attach(struct bpf_progs *l, const struct bpf_cfg *cfg, struct err *e);

bool bpf_progs_attached(const struct bpf_progs *l, const char *program);

/* Attaches the programs of the inlined callers in @callers (CALLER_* bits). */
int bpf_progs_attach_callers(struct bpf_progs *l, unsigned int callers, struct err *e);

/*
 * How often at most the kernel skipped a program in all its copies because preempted tasks were
 * in them on that CPU (9ed9e9ba2337, 5.12), or a kprobe's because other BPF work was under way there
 * (where the kernel counts that): checks that nobody saw. Of programs in copies this is told once
 * the mode is BPF_MODE_OFF: until then a thread may be between the copy that was skipped and the one
 * that makes it good.
 */
uint64_t bpf_progs_missed(const struct bpf_progs *l, const struct bpf_cfg *cfg);

/* Tells the programs their mode, and all else in l->control. 0, or a negative errno with @e set. */
int bpf_progs_set_mode(struct bpf_progs *l, enum bpf_mode mode, struct err *e);

/* The fd of a map, by name; negative if there is none. */
int bpf_progs_map(const struct bpf_progs *l, const char *name);

/* Its entries; bytes of a ring buffer. */
size_t bpf_progs_size(const struct bpf_progs *l, const char *name);

#endif
