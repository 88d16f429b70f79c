// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf:fexit: one program at the return of cap_capable sees arguments and verdict together. Typed
 * loads only, so that it runs under lockdown=confidentiality.
 */
#include "bpf/check.h"
#include "bpf/cred.h"
#include "bpf/callers.h"
#include "bpf/cgroup_typed.h"
#include "bpf/follow_typed.h"
#include "bpf/outcome_typed.h"

char LICENSE[] SEC("license") = "GPL";

SEC("fexit/cap_capable")
int BPF_PROG(cap_capable_exit, const struct cred *cred, struct user_namespace *target_ns, int cap,
	     unsigned int opts, int ret)
{
	struct check c = {.cap = cap, .denied = ret != 0};

	if (!cap_wanted(cap) || !verdict_wanted(ret) || !uid_wanted(cred->uid.val) ||
	    !thread_wanted())
		return 0;
	check_options(&c, opts);
	cred_load(&c, cred);
	c.target_userns = target_ns->ns.inum;
	check_emit(ctx, &c);
	return 0;
}

SEC("fentry/cap_capset")
int BPF_PROG(cap_capset_entry)
{
	caller_capset(ctx);
	return 0;
}

SEC("fentry/cap_task_prctl")
int BPF_PROG(cap_task_prctl_entry, int option, unsigned long arg2)
{
	caller_prctl(ctx, option, arg2);
	return 0;
}

SEC("fentry/cap_mmap_addr")
int BPF_PROG(cap_mmap_addr_entry, unsigned long addr)
{
	caller_mmap_addr(ctx, addr);
	return 0;
}

SEC("fentry/cap_vm_enough_memory")
int BPF_PROG(cap_vm_enough_memory_entry)
{
	caller_overcommit(ctx);
	return 0;
}
