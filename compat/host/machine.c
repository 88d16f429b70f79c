// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/machine.h"

#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/util.h"

#define X32_BIT        0x40000000
#define TS_COMPAT      0x0002 /* arch/x86/include/asm/thread_info.h */
#define USER_CS        0x33   /* x86-64 */
#define USER32_CS      0x23
#define USER_CS_I386   0x73
#define PSR_MODE32_BIT 0x10
#define ARM_USR_MODE   0x10
#define ARM_SVC        0xef000000 /* svc #0, with the condition `always` */
#define THUMB_SVC      0xdf00
#define ARM_T_BIT      0x20
#define RISCV_ECALL    8               /* EXC_SYSCALL */
#define RISCV_UXL(s)   ((s) >> 32 & 3) /* sstatus: how wide user space is */
#define RISCV_UXL_32   1

#define NONE SAVED_ABSENT

/*
 * TS_COMPAT decides and not the code segment, because a 64-bit task's `int $0x80` is a 32-bit
 * system call. Where TS_COMPAT is not known, a 64-bit task's call is recognised by what `syscall`
 * leaves in cx and r11; without these values the call could be of either kind.
 */
static enum syscall_abi x86_64_abi(const struct saved_call *c)
{
	enum syscall_abi wide = c->regs[SAVED_NR] & X32_BIT ? SYSCALL_ABI_X32 : SYSCALL_ABI_X86_64;

	if (c->has_status)
		return c->status & TS_COMPAT ? SYSCALL_ABI_I386 : wide;
	if (c->regs[SAVED_MODE] == USER32_CS)
		return SYSCALL_ABI_I386;
	if (c->regs[SAVED_MODE] == USER_CS && c->regs[SAVED_CX] == c->regs[SAVED_IP] &&
	    c->regs[SAVED_R11] == c->regs[SAVED_FLAGS])
		return wide;
	return SYSCALL_ABI_NONE;
}

static enum syscall_abi i386_abi(const struct saved_call *c)
{
	return SYSCALL_ABI_I386;
}

static enum syscall_abi arm64_abi(const struct saved_call *c)
{
	return c->regs[SAVED_MODE] & PSR_MODE32_BIT ? SYSCALL_ABI_ARM : SYSCALL_ABI_ARM64;
}

/* In a fault r7 has no meaning, so that only the instruction identifies a system call. */
static enum syscall_abi arm_abi(const struct saved_call *c)
{
	if (!c->has_insn)
		return SYSCALL_ABI_NONE;
	if (c->regs[SAVED_MODE] & ARM_T_BIT)
		return c->insn >> 16 == THUMB_SVC ? SYSCALL_ABI_ARM : SYSCALL_ABI_NONE;
	return c->insn == ARM_SVC ? SYSCALL_ABI_ARM : SYSCALL_ABI_NONE;
}

/* In a fault a7 has no meaning. The numbers of 32-bit tasks (CONFIG_COMPAT) are not supported. */
static enum syscall_abi riscv64_abi(const struct saved_call *c)
{
	if (c->regs[SAVED_MODE] != RISCV_ECALL || RISCV_UXL(c->regs[SAVED_FLAGS]) == RISCV_UXL_32)
		return SYSCALL_ABI_NONE;
	return SYSCALL_ABI_RISCV64;
}

static bool x86_64_is_user(uint64_t mode)
{
	return mode == USER_CS || mode == USER32_CS;
}

static bool i386_is_user(uint64_t mode)
{
	return (mode & 0xffff) == USER_CS_I386;
}

static bool arm64_is_user(uint64_t mode)
{
	return !(mode & 0xf) || (mode & 0x1f) == PSR_MODE32_BIT;
}

static bool arm_is_user(uint64_t mode)
{
	return (mode & 0x1f) == ARM_USR_MODE;
}

static bool riscv64_is_user(uint64_t mode)
{
	return mode == RISCV_ECALL;
}

static const struct machine machines[MACHINES] = {
	[MACHINE_X86_64] =
		{
			.id = MACHINE_X86_64,
			.name = "x86_64",
			.word = 8,
			.args = {"%di", "%si", "%dx", "%cx", "%r8"},
			.frame = "$stack",
			.saved = {120, 128, 136, 88, 48, 144},
			.call_args = {112, 104, 96},
			.compat_args = {40, 88, NONE}, /* bx, cx, dx */
			.abi = SYSCALL_ABI_X86_64,
			.compat_abi = SYSCALL_ABI_I386,
			.has_status = true,
			.has_gap = true,
			.abi_of = x86_64_abi,
			.is_user_mode = x86_64_is_user,
		},
	[MACHINE_I386] =
		{
			.id = MACHINE_I386,
			.name = "i386", /* -mregparm=3, then the stack above the return address */
			.word = 4,
			.args = {"%ax", "%dx", "%cx", "$stack1", "$stack2"},
			.frame = "$stack",
			.saved = {44, 48, 52, NONE, NONE, NONE},
			.call_args = {0, 4, 8},
			.compat_args = {NONE, NONE, NONE},
			.abi = SYSCALL_ABI_I386,
			.abi_of = i386_abi,
			.is_user_mode = i386_is_user,
		},
	[MACHINE_ARM64] =
		{
			.id = MACHINE_ARM64,
			.name = "aarch64",
			.word = 8,
			.args = {"%x0", "%x1", "%x2", "%x3", "%x4"},
			.frame = "$stack",
			.saved = {280, 256, 264, NONE, NONE, NONE},
			.call_args = {272, 8, 16}, /* orig_x0: the result takes x0's place */
			.compat_args = {NONE, NONE, NONE},
			.abi = SYSCALL_ABI_ARM64,
			.compat_abi = SYSCALL_ABI_ARM,
			.abi_of = arm64_abi,
			.is_user_mode = arm64_is_user,
		},
	[MACHINE_ARM] =
		{
			.id = MACHINE_ARM,
			.name = "arm", /* EABI: the number is in r7 */
			.word = 4,
			.args = {"%r0", "%r1", "%r2", "%r3", "$stack0"},
			.frame = "%fp", /* arm's return probes don't see the stack pointer */
			.saved = {28, 60, 64, NONE, NONE, NONE},
			.call_args = {68, 4, 8}, /* ORIG_r0 */
			.compat_args = {NONE, NONE, NONE},
			.abi = SYSCALL_ABI_ARM,
			.needs_insn = true,
			.abi_of = arm_abi,
			.is_user_mode = arm_is_user,
		},
	[MACHINE_RISCV64] =
		{
			.id = MACHINE_RISCV64,
			.name = "riscv64", /* the number is in a7 */
			.word = 8,
			.args = {"%a0", "%a1", "%a2", "%a3", "%a4"},
			.frame = "$stack",
			.saved = {136, 0, 272, NONE, NONE, 256},
			.call_args = {280, 88, 96}, /* orig_a0 */
			.compat_args = {NONE, NONE, NONE},
			.abi = SYSCALL_ABI_RISCV64,
			.abi_of = riscv64_abi,
			.is_user_mode = riscv64_is_user,
		},
};

const struct machine *machine_find(const char *name)
{
	for (size_t i = 0; i < MACHINES; i++)
		if (!strcmp(machines[i].name, name))
			return &machines[i];
	return NULL;
}

const struct machine *machine_of_kernel(int word)
{
	struct utsname u;
	const char *name;

	if (uname(&u))
		return NULL;
	name = u.machine;
	/* A 32-bit personality changes what uname says, not the kernel. */
	if (name[0] == 'i' && !strcmp(name + 2, "86"))
		name = word == 8 ? "x86_64" : "i386";
	else if (!strncmp(name, "arm", 3))
		name = word == 8 ? "aarch64" : "arm";
	return machine_find(name);
}

/*
 * Entries other than system calls have the number -1. Workers that the kernel makes from a user
 * task (io_uring, vhost) have a copy of its registers with the instruction pointer cleared
 * (4727dc20e042, 5.12), and kernel threads have zeros.
 */
enum syscall_abi machine_syscall(const struct machine *m, const struct saved_call *c, int *nr)
{
	if (!c->regs[SAVED_IP] || (int32_t)c->regs[SAVED_NR] < 0)
		return SYSCALL_ABI_NONE;
	*nr = (int32_t)c->regs[SAVED_NR];
	return m->abi_of(c);
}

static uint64_t word_at(const struct machine *m, const void *regs, int at)
{
	uint64_t v = 0;

	memcpy(&v, (const char *)regs + at, m->word);
	return v;
}

static uint64_t saved_word(const struct machine *m, const void *regs, enum saved_reg reg)
{
	return word_at(m, regs, m->saved[reg]);
}

bool machine_is_saved(const struct machine *m, const void *regs, int nr)
{
	return (int32_t)saved_word(m, regs, SAVED_NR) == nr && saved_word(m, regs, SAVED_IP) &&
	       m->is_user_mode(saved_word(m, regs, SAVED_MODE));
}

bool machine_is_saved_with(const struct machine *m, const void *regs, int nr,
			   const uint64_t args[MACHINE_CALL_ARGS])
{
	for (int i = 0; i < MACHINE_CALL_ARGS; i++)
		if (word_at(m, regs, m->call_args[i]) != args[i])
			return false;
	return (int32_t)saved_word(m, regs, SAVED_NR) == nr && saved_word(m, regs, SAVED_IP);
}
