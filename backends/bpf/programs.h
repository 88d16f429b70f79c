/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs of bpf/ are for, by name: which of them a run needs, and their copies. */
#ifndef CAPTRACE_BACKENDS_BPF_PROGRAMS_H
#define CAPTRACE_BACKENDS_BPF_PROGRAMS_H

#include <stdbool.h>

struct bpf_cfg;
struct bpf_object;
struct bpf_program;

enum bpf_role {
	BPF_ROLE_MAIN,
	/* Has nothing to do without its entry, and an entry left over tells of it. */
	BPF_ROLE_RETURN,
	BPF_ROLE_FOLLOW,
	BPF_ROLE_FORGET,
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
	unsigned int
		caller; /* of BPF_ROLE_CALLER: its CALLER_* bit (compat/calibrate/calibrate.h) */
	const char
		*symbol; /* the function that it is at, where some configurations don't have it */
};

#define BPF_PROGRAMS 20

/* In the order in which they are to be attached. No variant has all. */
extern const struct bpf_program_desc bpf_programs[BPF_PROGRAMS];

/* Whether a run with @cfg needs the programs of @role. */
bool bpf_programs_wanted(enum bpf_role role, const struct bpf_cfg *cfg);

/*
 * Before the load: has the programs loaded that @cfg asks for. Clears cfg->want_outcome where the
 * kernel doesn't tell how system calls end. @needs_kernel_btf as struct bpf_object_desc has it.
 */
void bpf_programs_select(struct bpf_object *obj, bool needs_kernel_btf, struct bpf_cfg *cfg);

/* "name", "name_2", ... (bpf/once.h); NULL for one that the object doesn't have, as kprobes. */
struct bpf_program *bpf_programs_copy(const struct bpf_object *obj, const char *name, int copy);

#endif
