/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records what belongs to the current task: name, cgroup, mount namespace and system call. If the
 * kernel has a typed pointer to that task (bpf_get_current_task_btf, 5.11), they are read by direct
 * loads, which lockdown=confidentiality allows and which are cheaper than helpers; otherwise by
 * bpf_probe_read_kernel.
 */
#ifndef CAPTRACE_BPF_TASK_H
#define CAPTRACE_BPF_TASK_H

#include "bpf/record.h"
#include "bpf/regs32.h"
#include "core/event/syscall_abi.h"

#define PF_KTHREAD 0x00200000

/* Typed loads work only on the structures of a 64-bit kernel. */
#define HAVE_TASK_BTF        \
	(KERNEL_WORD == 8 && \
	 bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
#define HAVE_TASK_REGS bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)

/*
 * For each pointer that is read through a trusted one, the verifier (6.2) searches the names of all
 * kernel types several times: 16 ms in all. A program that can drop the trust defines this to do
 * so.
 */
#ifndef distrusted
#define distrusted(ptr) (ptr)
#endif

#if KERNEL_WORD == 4
#define SAVED_SIZE sizeof(struct pt_regs)
#else
#define SAVED_SIZE bpf_core_type_size(struct pt_regs)
#endif

struct saved_regs {
	u64 nr;   /* as saved at entry */
	u64 ip;   /* in user space */
	u32 bits; /* for the ABI: thread_info.status, pstate; riscv: 1 in a known system call */
};

#if KERNEL_WORD == 4

static __always_inline void record_syscall(struct wire_check *r, const void *saved)
{
	struct pt_regs regs = {};

	r->abi = SYSCALL_ABI_NONE;
	if (!bpf_probe_read_kernel(&regs, sizeof(regs), saved))
		r->abi = regs_abi32(&regs, &r->syscall);
}

#elif defined(__TARGET_ARCH_x86)

#define TS_COMPAT 0x0002 /* arch/x86/include/asm/thread_info.h */
#define X32_BIT   0x40000000

static __always_inline void regs_load(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = regs->orig_ax;
	s->ip = regs->ip;
}

static __always_inline void regs_read(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = BPF_CORE_READ(regs, orig_ax);
	s->ip = BPF_CORE_READ(regs, ip);
}

/*
 * TS_COMPAT shows the ABI, and the code segment does not: a 64-bit task's `int $0x80` is a 32-bit
 * system call. Entries into the kernel that are not system calls have -1 in orig_ax.
 */
static __always_inline u8 regs_abi(const struct saved_regs *s)
{
	if ((s32)s->nr < 0)
		return SYSCALL_ABI_NONE;
	if (s->bits & TS_COMPAT)
		return SYSCALL_ABI_I386;
	return s->nr & X32_BIT ? SYSCALL_ABI_X32 : SYSCALL_ABI_X86_64;
}

static __always_inline u32 task_bits(struct task_struct *task)
{
	return task->thread_info.status;
}

static __always_inline u32 task_bits_read(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.status);
}

#elif defined(__TARGET_ARCH_arm64)

#define PSR_MODE32_BIT 0x10

static __always_inline void regs_load(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = regs->syscallno;
	s->ip = regs->pc;
	s->bits = regs->pstate;
}

static __always_inline void regs_read(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = BPF_CORE_READ(regs, syscallno);
	s->ip = BPF_CORE_READ(regs, pc);
	s->bits = BPF_CORE_READ(regs, pstate);
}

/* The kernel's NO_SYSCALL is -1. */
static __always_inline u8 regs_abi(const struct saved_regs *s)
{
	if ((s32)s->nr < 0)
		return SYSCALL_ABI_NONE;
	return s->bits & PSR_MODE32_BIT ? SYSCALL_ABI_ARM : SYSCALL_ABI_ARM64;
}

static __always_inline u32 task_bits(struct task_struct *task)
{
	return 0;
}

static __always_inline u32 task_bits_read(struct task_struct *task)
{
	return 0;
}

#elif defined(__TARGET_ARCH_riscv)

#define CAUSE_ECALL 8 /* EXC_SYSCALL, arch/riscv/include/asm/csr.h */
#define UXL(status) ((status) >> 32 & 3)
#define UXL_32      1

/*
 * a7 has the number of a system call only if it was one, and any value otherwise. The system calls
 * of 32-bit tasks are unknown.
 */
static __always_inline u32 call_bits(u64 cause, u64 status)
{
	return cause == CAUSE_ECALL && UXL(status) != UXL_32;
}

static __always_inline void regs_load(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = regs->a7;
	s->ip = regs->epc;
	s->bits = call_bits(regs->cause, regs->status);
}

static __always_inline void regs_read(struct saved_regs *s, const struct pt_regs *regs)
{
	s->nr = BPF_CORE_READ(regs, a7);
	s->ip = BPF_CORE_READ(regs, epc);
	s->bits = call_bits(BPF_CORE_READ(regs, cause), BPF_CORE_READ(regs, status));
}

static __always_inline u8 regs_abi(const struct saved_regs *s)
{
	return s->bits && (s32)s->nr >= 0 ? SYSCALL_ABI_RISCV64 : SYSCALL_ABI_NONE;
}

static __always_inline u32 task_bits(struct task_struct *task)
{
	return 0;
}

static __always_inline u32 task_bits_read(struct task_struct *task)
{
	return 0;
}

#endif

#if KERNEL_WORD == 8

/*
 * Workers that the kernel creates for a user task (io_uring, vhost) keep a copy of its registers
 * with the instruction pointer cleared (4727dc20e042, 5.12): they are not in that system call.
 */
static __always_inline void record_regs(struct wire_check *r, const struct saved_regs *s, u32 flags)
{
	r->abi = SYSCALL_ABI_NONE;
	if (flags & PF_KTHREAD || !s->ip)
		return;
	r->abi = regs_abi(s);
	r->syscall = s->nr;
}

static __always_inline void record_task_typed(struct wire_check *r)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = distrusted(current);
	const u64 *comm = (const u64 *)task->comm;
	struct saved_regs s = {};

	if (cfg.want_comm) {
		((u64 *)r->comm)[0] = comm[0];
		((u64 *)r->comm)[1] = comm[1];
	}
	if (cfg.want_cgroup)
		r->cgroupid = task->cgroups->dfl_cgrp->kn->id;
	if (cfg.want_mntns)
		r->mntns = task->nsproxy->mnt_ns->ns.inum;
	if (!cfg.want_syscall)
		return;
	s.bits = task_bits(task);
	if (HAVE_TASK_REGS)
		regs_load(&s, (struct pt_regs *)bpf_task_pt_regs(current));
	else
		regs_read(&s, task->stack + cfg.stack_size - SAVED_SIZE);
	record_regs(r, &s, task->flags);
}

static __always_inline void record_syscall(struct wire_check *r, const void *saved)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct saved_regs s = {.bits = task_bits_read(task)};
	u32 flags = 0;

	/*
	 * A layout that was found at run time lacks `flags`. Kernel threads have no saved
	 * registers either: record_regs() recognizes them by that.
	 */
	if (bpf_core_field_exists(task->flags))
		flags = BPF_CORE_READ(task, flags);
	regs_read(&s, saved);
	record_regs(r, &s, flags);
}

#endif

static __always_inline void record_task_read(struct wire_check *r)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (cfg.want_comm)
		bpf_get_current_comm(r->comm, sizeof(r->comm));
	if (cfg.want_cgroup)
		r->cgroupid = bpf_get_current_cgroup_id();
	if (cfg.want_mntns)
		r->mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	if (cfg.want_syscall)
		record_syscall(r, BPF_CORE_READ(task, stack) + cfg.stack_size - SAVED_SIZE);
}

static __always_inline void record_task(struct wire_check *r)
{
#if KERNEL_WORD == 8
	if (HAVE_TASK_BTF) {
		record_task_typed(r);
		return;
	}
#endif
	record_task_read(r);
}

#endif
