// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "compat/machine.h"

#define USER_IP 0x401000

static enum syscall_abi x86_64(int64_t nr, int64_t cs, int64_t cx, int64_t r11, int *got)
{
	struct saved_call c = {.regs = {nr, USER_IP, cs, cx, r11, 0x246}};

	*got = -1;
	return machine_syscall(machine_find("x86_64"), &c, got);
}

Test(machine, x86_64_by_what_syscall_leaves)
{
	int nr;

	cr_assert_eq(x86_64(92, 0x33, USER_IP, 0x246, &nr), SYSCALL_ABI_X86_64);
	cr_assert_eq(nr, 92);
	cr_assert_eq(x86_64(0x40000000 | 92, 0x33, USER_IP, 0x246, &nr), SYSCALL_ABI_X32);
	cr_assert_eq(x86_64(182, 0x23, 0, 0, &nr), SYSCALL_ABI_I386);
	/* int $0x80 in 64-bit code, or a register changed since: it could be either. */
	cr_assert_eq(x86_64(182, 0x33, 1, 0x246, &nr), SYSCALL_ABI_NONE);
	cr_assert_eq(x86_64(182, 0x33, USER_IP, 0x202, &nr), SYSCALL_ABI_NONE);
	/* A fault. */
	cr_assert_eq(x86_64(-1, 0x33, USER_IP, 0x246, &nr), SYSCALL_ABI_NONE);
}

Test(machine, x86_64_by_its_status)
{
	struct saved_call c = {.regs = {182, USER_IP, 0x33, 0, 0, 0}, .has_status = true};
	const struct machine *m = machine_find("x86_64");
	int nr;

	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_X86_64);
	c.status = 2;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_I386);
	c.status = 4; /* another bit */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_X86_64);
	/* io_uring's worker, kernel threads. */
	c.regs[SAVED_IP] = 0;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
}

Test(machine, arm_by_the_instruction)
{
	const struct machine *m = machine_find("arm");
	struct saved_call c = {.regs = {212, 0x10004, 0x10}, .has_insn = true};
	int nr;

	c.insn = 0xef000000;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_ARM);
	cr_assert_eq(nr, 212);
	c.insn = 0xe5912000; /* a load that faulted */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_MODE] |= 0x20; /* Thumb: the instruction is the upper half */
	c.insn = 0xdf00bf00;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_ARM);
	c.insn = 0xbf00df01;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.has_insn = false;
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
}

Test(machine, others)
{
	struct saved_call c = {.regs = {5, USER_IP, 0}};
	int nr;

	cr_assert_eq(machine_syscall(machine_find("aarch64"), &c, &nr), SYSCALL_ABI_ARM64);
	c.regs[SAVED_MODE] = 0x10;
	cr_assert_eq(machine_syscall(machine_find("aarch64"), &c, &nr), SYSCALL_ABI_ARM);
	cr_assert_eq(machine_syscall(machine_find("i386"), &c, &nr), SYSCALL_ABI_I386);
	cr_assert_eq(machine_syscall(machine_find("riscv64"), &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_MODE] = 8;
	cr_assert_eq(machine_syscall(machine_find("riscv64"), &c, &nr), SYSCALL_ABI_RISCV64);
	cr_assert_null(machine_find("vax"));
}
