// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf:fexit: one program at the return of cap_capable sees arguments and verdict together. It uses
 * typed loads only, so that it runs under lockdown=confidentiality.
 */
#include "bpf/callers.h"
#include "bpf/cgroup_typed.h"
#include "bpf/check.h"
#include "bpf/cred.h"
#include "bpf/follow_typed.h"
#include "bpf/once.h"
#include "bpf/outcome_typed.h"
#include "bpf/record.h"
#include "bpf/startup.h"
#include "bpf/target.h"

char LICENSE[] SEC("license") = "GPL";

#define CAP_CAPABLE_EXIT(name, copy_of)                                                        \
	SEC("fexit/cap_capable")                                                               \
	int BPF_PROG(name, const struct cred *cred, struct user_namespace *target_ns, int cap, \
		     unsigned int opts, int ret)                                               \
	{                                                                                      \
		struct check c = {.cap = cap, .denied = ret != 0, .copy = copy_of};            \
                                                                                               \
		cap_capable_returned(ctx, &c, cred, target_ns, opts);                          \
		return 0;                                                                      \
	}

static __always_inline void cap_capable_returned(void *ctx, struct check *c,
						 const struct cred *cred,
						 struct user_namespace *target_ns,
						 unsigned int opts)
{
	if (!run_once(c->copy) || !cap_wanted(c->cap) || !verdict_wanted(c->denied) ||
	    !uid_wanted(cred->uid.val) || !thread_wanted())
		return;
	check_options(c, opts);
	cred_load(c, cred);
	c->cred_override = cred_override(cred);
	c->target_userns = target_ns->ns.inum;
	check_emit(ctx, c);
}

COPIES(CAP_CAPABLE_EXIT, cap_capable_exit)

#define CAP_CAPSET_ENTRY(name, copy)              \
	SEC("fentry/cap_capset")                  \
	int BPF_PROG(name)                        \
	{                                         \
		if (run_once(copy))               \
			caller_capset(ctx, copy); \
		return 0;                         \
	}

#define CAP_TASK_PRCTL_ENTRY(name, copy)                       \
	SEC("fentry/cap_task_prctl")                           \
	int BPF_PROG(name, int option, unsigned long arg2)     \
	{                                                      \
		if (run_once(copy))                            \
			caller_prctl(ctx, copy, option, arg2); \
		return 0;                                      \
	}

#define CAP_MMAP_ADDR_ENTRY(name, copy)                    \
	SEC("fentry/cap_mmap_addr")                        \
	int BPF_PROG(name, unsigned long addr)             \
	{                                                  \
		if (run_once(copy))                        \
			caller_mmap_addr(ctx, copy, addr); \
		return 0;                                  \
	}

#define CAP_VM_ENOUGH_MEMORY_ENTRY(name, copy)        \
	SEC("fentry/cap_vm_enough_memory")            \
	int BPF_PROG(name)                            \
	{                                             \
		if (run_once(copy))                   \
			caller_overcommit(ctx, copy); \
		return 0;                             \
	}

COPIES(CAP_CAPSET_ENTRY, cap_capset_entry)
COPIES(CAP_TASK_PRCTL_ENTRY, cap_task_prctl_entry)
COPIES(CAP_MMAP_ADDR_ENTRY, cap_mmap_addr_entry)
COPIES(CAP_VM_ENOUGH_MEMORY_ENTRY, cap_vm_enough_memory_entry)

SEC("fentry/cgroup_attach_task")
int BPF_PROG(start_move, struct cgroup *cgroup, struct task_struct *task)
{
	startup_attach(cgroup, task, true);
	return 0;
}
