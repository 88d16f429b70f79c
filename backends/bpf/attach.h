/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attaches the programs of a loaded object; bpf_progs_close() detaches them. */
#ifndef CAPTRACE_BACKENDS_BPF_ATTACH_H
#define CAPTRACE_BACKENDS_BPF_ATTACH_H

#include <stdbool.h>

struct bpf_cfg;
struct bpf_progs;
struct err;

/*
 * Attaches the programs that every run needs, and those that @cfg asks for. It is not an error if
 * optional ones (those for cgroups, for example) are refused: see bpf_attach_has(). 0, or a
 * negative errno with @e set.
 */
int bpf_attach(struct bpf_progs *l, const struct bpf_cfg *cfg, struct err *e);

/* Attaches the programs for the inlined callers in @callers (CALLER_* bits). Errors likewise. */
int bpf_attach_callers(struct bpf_progs *l, unsigned int callers, struct err *e);

/* Whether @program is attached. */
bool bpf_attach_has(const struct bpf_progs *l, const char *program);

#endif
