/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explains why a kernel can't run captrace's BPF programs, and what the user can do about it. */
#ifndef CAPTRACE_BACKENDS_BPF_REFUSAL_H
#define CAPTRACE_BACKENDS_BPF_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

struct bpf_object_desc;
struct err;
struct features;

/*
 * Whether this kernel's BPF can run captrace's programs at all. @kprobes: those at kprobes; all
 * others also need maps that user space can map. 0, or a negative errno with the reason in @e.
 */
int bpf_possible(struct features *f, bool kprobes, struct err *e);

/*
 * Whether the reason is known for which a load or an attachment failed with @error; sets @e to it.
 */
bool bpf_refusal_explain(const struct bpf_object_desc *desc, struct features *f, int error,
			 struct err *e);

/* Sets @e to "@what: @error", or to the privilege that is missing. Returns the code of @e. */
int bpf_refusal_set(struct err *e, int error, const char *what);

/*
 * The text of a negative errno, in @buf: libbpf and the kernel have errors that strerror() lacks.
 */
const char *bpf_strerror(int error, char *buf, size_t size);

#endif
