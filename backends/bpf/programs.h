/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs of bpf/ by name: what they are for, which of them a run needs, and their copies. */
#ifndef CAPTRACE_BACKENDS_BPF_PROGRAMS_H
#define CAPTRACE_BACKENDS_BPF_PROGRAMS_H

#include <stdbool.h>

struct bpf_cfg;
struct bpf_object;
struct bpf_program;

enum bpf_role {
	BPF_ROLE_MAIN,
	/* Does nothing without an entry; if it is missed, the entry that is left shows that. */
	BPF_ROLE_RETURN,
	BPF_ROLE_FOLLOW, /* adds forked thread groups to the targets */
	BPF_ROLE_FORGET, /* removes those that have exited */
	BPF_ROLE_CALLER,
	BPF_ROLE_OUTCOME,
	BPF_ROLE_EXEC,
	BPF_ROLE_CGROUP_EVENTS,
	BPF_ROLE_MNTNS,
	BPF_ROLE_STARTUP,
};

struct bpf_program_desc {
	const char *name;
	enum bpf_role role;
	unsigned int caller; /* BPF_ROLE_CALLER: its CALLER_* bit (compat/calibrate/calibrate.h) */
	const char *symbol;  /* the function it is attached to, if not all kernels have that */
};

#define BPF_PROGRAMS 20

/* In the order in which they are attached. No variant has all of them. */
extern const struct bpf_program_desc bpf_programs[BPF_PROGRAMS];

/* Whether a run with @cfg needs the programs of @role. */
bool bpf_programs_wanted(enum bpf_role role, const struct bpf_cfg *cfg);

/*
 * Call before load: selects the programs that @cfg asks for. Clears cfg->want_outcome if the kernel
 * has no tracepoint at the return of system calls. @needs_kernel_btf as in struct bpf_object_desc.
 */
void bpf_programs_select(struct bpf_object *obj, bool needs_kernel_btf, struct bpf_cfg *cfg);

/*
 * A copy of a program: "name", "name_2", ... (bpf/once.h). NULL if the object doesn't have it, as
 * with kprobes.
 */
struct bpf_program *bpf_programs_copy(const struct bpf_object *obj, const char *name, int copy);

#endif
