// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/programs.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"
#include "compat/calibrate/calibrate.h"
#include "core/base/util.h"

const struct bpf_program_desc bpf_programs[BPF_PROGRAMS] = {
	{.name = "cap_capable_exit", .role = BPF_ROLE_MAIN},
	/*
	 * The return probe comes first: of two probes at one address the one attached later runs
	 * first, and the entry probe must see the stack before the return address is replaced.
	 */
	{.name = "cap_capable_return", .role = BPF_ROLE_RETURN},
	{.name = "cap_capable_entry", .role = BPF_ROLE_MAIN},
	{.name = "cap_capable_event", .role = BPF_ROLE_MAIN},
	{.name = "follow_fork", .role = BPF_ROLE_FOLLOW},
	{.name = "follow_exit", .role = BPF_ROLE_FORGET},
	{.name = "follow_free", .role = BPF_ROLE_FORGET},
	{.name = "cap_capset_entry",
	 .role = BPF_ROLE_CALLER,
	 .caller = CALLER_CAPSET,
	 .symbol = "cap_capset"},
	{.name = "cap_task_prctl_entry",
	 .role = BPF_ROLE_CALLER,
	 .caller = CALLER_PRCTL,
	 .symbol = "cap_task_prctl"},
	{.name = "cap_mmap_addr_entry",
	 .role = BPF_ROLE_CALLER,
	 .caller = CALLER_MMAP_ADDR,
	 .symbol = "cap_mmap_addr"},
	{.name = "cap_vm_enough_memory_entry",
	 .role = BPF_ROLE_CALLER,
	 .caller = CALLER_OVERCOMMIT,
	 .symbol = "cap_vm_enough_memory"},
	{.name = "sys_exit", .role = BPF_ROLE_OUTCOME},
	{.name = "process_exec", .role = BPF_ROLE_EXEC},
	{.name = "cgroup_mkdir", .role = BPF_ROLE_CGROUP_EVENTS},
	{.name = "mntns_exec", .role = BPF_ROLE_MNTNS},
	{.name = "start_move", .role = BPF_ROLE_STARTUP, .symbol = "cgroup_attach_task"},
	{.name = "start_attach", .role = BPF_ROLE_STARTUP},
	{.name = "start_fork", .role = BPF_ROLE_STARTUP},
	{.name = "start_exec", .role = BPF_ROLE_STARTUP},
	{.name = "start_free", .role = BPF_ROLE_STARTUP},
};

bool bpf_programs_wanted(enum bpf_role role, const struct bpf_cfg *cfg)
{
	switch (role) {
	case BPF_ROLE_FOLLOW:
		return cfg->follow;
	case BPF_ROLE_FORGET:
		/* bpf:nobtf does without: the fork that uses a number again sets its state. */
		return cfg->follow && !cfg->learned;
	case BPF_ROLE_OUTCOME:
		return cfg->want_outcome;
	case BPF_ROLE_EXEC:
		return cfg->want_exec;
	case BPF_ROLE_CGROUP_EVENTS:
		return cfg->want_cgroup_events;
	case BPF_ROLE_MNTNS:
		return cfg->want_cgroup_events && cfg->host_mntns;
	case BPF_ROLE_STARTUP:
		return cfg->want_startup;
	default:
		return true;
	}
}

struct bpf_program *bpf_programs_copy(const struct bpf_object *obj, const char *name, int copy)
{
	char full[64];

	snprintf(full, sizeof(full), copy ? "%s_%d" : "%s", name, copy + 1);
	return bpf_object__find_program_by_name(obj, full);
}

/* fentry needs its function in the kernel's BTF at load. */
static bool has_function(const struct btf *btf, const char *symbol)
{
	return btf && btf__find_by_name_kind(btf, symbol, BTF_KIND_FUNC) > 0;
}

/* Missing without CONFIG_HAVE_SYSCALL_TRACEPOINTS; the other programs do not need it. */
static bool has_sys_exit(const struct btf *btf)
{
	return !btf || btf__find_by_name_kind(btf, "btf_trace_sys_exit", BTF_KIND_TYPEDEF) > 0;
}

void bpf_programs_select(struct bpf_object *obj, bool needs_kernel_btf, struct bpf_cfg *cfg)
{
	struct btf *btf = NULL;

	if (cfg->want_outcome && needs_kernel_btf) {
		btf = btf__load_vmlinux_btf();
		cfg->want_outcome = has_sys_exit(btf);
	}
	for (size_t i = 0; i < BPF_PROGRAMS; i++) {
		const struct bpf_program_desc *p = &bpf_programs[i];
		bool wanted = bpf_programs_wanted(p->role, cfg);

		/* BTF is loaded only if needed: that takes longer than everything else here. */
		if (wanted && p->symbol && needs_kernel_btf && bpf_programs_copy(obj, p->name, 0)) {
			if (!btf)
				btf = btf__load_vmlinux_btf();
			wanted = has_function(btf, p->symbol);
		}
		for (int copy = 0; copy < WIRE_COPIES; copy++) {
			struct bpf_program *prog = bpf_programs_copy(obj, p->name, copy);

			if (prog && (!wanted || (copy && !cfg->copies)))
				bpf_program__set_autoload(prog, false);
		}
	}
	btf__free(btf);
}
