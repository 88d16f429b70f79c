/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a kernel can't run captrace's BPF programs, in the words of who can do something about it. */
#ifndef CAPTRACE_BACKENDS_BPF_REFUSAL_H
#define CAPTRACE_BACKENDS_BPF_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_object_desc;
struct err;
struct features;

/*
 * Whether this kernel's BPF could run captrace's programs at all, @kprobes: at kprobes. If not, a
 * negative errno and the reason. All other programs are for kernels that have mapped maps as well.
 */
int bpf_possible(struct features *f, bool kprobes, struct err *e);

/* What is behind the errno of a refused load or attachment; true if that is known, and in @e. */
bool bpf_refusal_explain(const struct bpf_object_desc *desc, struct features *f, int error,
			 struct err *e);

/* Sets @e to "@what: @error", or to the privilege that is missing. Returns its code. */
int bpf_refusal_set(struct err *e, int error, const char *what);

/* "not supported by this kernel" and so on: libbpf's errors go past strerror's. */
const char *bpf_strerror(int error, char *buf, size_t size);

#endif
