/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first arguments of a system call, from the registers that its entry saved. */
#ifndef CAPTRACE_BPF_ARGS_H
#define CAPTRACE_BPF_ARGS_H

#include "bpf/read.h"
#include "bpf/regs32.h"
#include "core/event/syscall_abi.h"

#if KERNEL_WORD == 4

/* Never called: typed programs are for 64-bit kernels only. */
static __always_inline void args_load(u64 *args, const struct pt_regs *regs, u8 abi)
{
}

static __always_inline void args_read(u64 *args, const struct pt_regs *regs, u8 abi)
{
	struct pt_regs copy = {};

	bpf_probe_read_kernel(&copy, sizeof(copy), regs);
	regs_args32(args, &copy);
}

#elif defined(__TARGET_ARCH_x86)

/* 32-bit system calls pass their arguments in other registers than 64-bit ones. */
static __always_inline void args_load(u64 *args, const struct pt_regs *regs, u8 abi)
{
	bool narrow = abi == SYSCALL_ABI_I386;

	args[0] = narrow ? (u32)regs->bx : regs->di;
	args[1] = narrow ? (u32)regs->cx : regs->si;
	args[2] = narrow ? (u32)regs->dx : regs->dx;
}

static __always_inline void args_read(u64 *args, const struct pt_regs *regs, u8 abi)
{
	bool narrow = abi == SYSCALL_ABI_I386;

	args[0] = narrow ? (u32)BPF_CORE_READ(regs, bx) : BPF_CORE_READ(regs, di);
	args[1] = narrow ? (u32)BPF_CORE_READ(regs, cx) : BPF_CORE_READ(regs, si);
	args[2] = narrow ? (u32)BPF_CORE_READ(regs, dx) : BPF_CORE_READ(regs, dx);
}

#elif defined(__TARGET_ARCH_arm64)

/* The result has replaced the first argument in x0. */
static __always_inline void args_load(u64 *args, const struct pt_regs *regs, u8 abi)
{
	args[0] = regs->orig_x0;
	args[1] = regs->regs[1];
	args[2] = regs->regs[2];
}

static __always_inline void args_read(u64 *args, const struct pt_regs *regs, u8 abi)
{
	args[0] = BPF_CORE_READ(regs, orig_x0);
	args[1] = BPF_CORE_READ(regs, regs[1]);
	args[2] = BPF_CORE_READ(regs, regs[2]);
}

#elif defined(__TARGET_ARCH_riscv)

/* The result has replaced the first argument in a0. */
static __always_inline void args_load(u64 *args, const struct pt_regs *regs, u8 abi)
{
	args[0] = regs->orig_a0;
	args[1] = regs->a1;
	args[2] = regs->a2;
}

static __always_inline void args_read(u64 *args, const struct pt_regs *regs, u8 abi)
{
	args[0] = BPF_CORE_READ(regs, orig_a0);
	args[1] = BPF_CORE_READ(regs, a1);
	args[2] = BPF_CORE_READ(regs, a2);
}

#endif

#endif
