/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of 32-bit kernels: struct pt_regs, which arch/x86 and arch/arm have not changed since
 * before there was BPF, the arguments of a probe in it, and the system call at which it was saved.
 */
#ifndef CAPTRACE_BPF_REGS32_H
#define CAPTRACE_BPF_REGS32_H

#include "bpf/read.h"
#include "core/event/syscall_abi.h"

#if KERNEL_WORD == 4

#undef PT_REGS_PARM1
#undef PT_REGS_PARM2
#undef PT_REGS_PARM3
#undef PT_REGS_PARM4
#undef PT_REGS_RC

#define REG(regs, member) ((u64)((const struct pt_regs *)(regs))->member)

#if defined(__TARGET_ARCH_x86)

struct pt_regs {
	u32 bx, cx, dx, si, di, bp, ax, ds, es, fs, gs, orig_ax, ip, cs, flags, sp, ss;
};

/*
 * Kernels are built with -mregparm=3: the fourth argument is on the stack, above the return
 * address.
 */
static __always_inline u64 stack_arg(const struct pt_regs *regs)
{
	u32 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), (void *)(REG(regs, sp) + sizeof(v)));
	return v;
}

#define PT_REGS_PARM1(regs) REG(regs, ax)
#define PT_REGS_PARM2(regs) REG(regs, dx)
#define PT_REGS_PARM3(regs) REG(regs, cx)
#define PT_REGS_PARM4(regs) stack_arg(regs)
#define PT_REGS_RC(regs)    REG(regs, ax)

/* Entries into the kernel that are not system calls have -1 in orig_ax. */
static __always_inline u8 regs_abi32(const struct pt_regs *regs, s32 *nr)
{
	*nr = regs->orig_ax;
	return *nr < 0 || !regs->ip ? SYSCALL_ABI_NONE : SYSCALL_ABI_I386;
}

static __always_inline void regs_args32(u64 *args, const struct pt_regs *regs)
{
	args[0] = regs->bx;
	args[1] = regs->cx;
	args[2] = regs->dx;
}

#elif defined(__TARGET_ARCH_arm)

struct pt_regs {
	u32 uregs[18];
};

#define ARM_PC      15
#define ARM_CPSR    16
#define ARM_ORIG_R0 17
#define ARM_THUMB   0x20
#define ARM_SVC     0xef000000 /* svc #0 with the condition `always` */
#define THUMB_SVC   0xdf00

#define PT_REGS_PARM1(regs) REG(regs, uregs[0])
#define PT_REGS_PARM2(regs) REG(regs, uregs[1])
#define PT_REGS_PARM3(regs) REG(regs, uregs[2])
#define PT_REGS_PARM4(regs) REG(regs, uregs[3])
#define PT_REGS_RC(regs)    REG(regs, uregs[0])

/* After a fault r7 holds any value: only the instruction shows whether it was a system call. */
static __always_inline u8 regs_abi32(const struct pt_regs *regs, s32 *nr)
{
	u32 insn = 0;

	*nr = regs->uregs[7];
	if (!regs->uregs[ARM_PC] || *nr < 0)
		return SYSCALL_ABI_NONE;
	bpf_probe_read_user(&insn, sizeof(insn), (void *)(u64)(regs->uregs[ARM_PC] - sizeof(insn)));
	if (regs->uregs[ARM_CPSR] & ARM_THUMB)
		return insn >> 16 == THUMB_SVC ? SYSCALL_ABI_ARM : SYSCALL_ABI_NONE;
	return insn == ARM_SVC ? SYSCALL_ABI_ARM : SYSCALL_ABI_NONE;
}

/* The result has replaced the first argument in r0. */
static __always_inline void regs_args32(u64 *args, const struct pt_regs *regs)
{
	args[0] = regs->uregs[ARM_ORIG_R0];
	args[1] = regs->uregs[1];
	args[2] = regs->uregs[2];
}

#endif

#endif

#endif
