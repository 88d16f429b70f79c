// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/event/syscalls.h"

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

Test(machine, riscv64_by_the_cause)
{
	const struct machine *m = machine_find("riscv64");
	/* sstatus with UXL 2: 64-bit user space */
	struct saved_call c = {.regs = {51, USER_IP, 8, 0, 0, 0x200004020}};
	int nr;

	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_RISCV64);
	cr_assert_eq(nr, 51);
	c.regs[SAVED_FLAGS] = 0x100004020; /* a 32-bit task's numbers are others */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_FLAGS] = 0x200004020;
	c.regs[SAVED_MODE] = 13; /* a load that faulted; a7 has no meaning */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_MODE] = INT64_MIN | 8; /* an interrupt */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_MODE] = 8;
	c.regs[SAVED_NR] = -1; /* skipped by a tracer */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
	c.regs[SAVED_NR] = 51;
	c.regs[SAVED_IP] = 0; /* io_uring's worker */
	cr_assert_eq(machine_syscall(m, &c, &nr), SYSCALL_ABI_NONE);
}

Test(machine, riscv64_finds_saved_registers)
{
	const struct machine *m = machine_find("riscv64");
	uint64_t regs[36] = {[0] = USER_IP, [17] = 167, [32] = 0x200004020, [34] = 8};

	cr_assert(machine_is_saved(m, regs, 167));
	cr_assert_not(machine_is_saved(m, regs, 51));
	regs[34] = 13;
	cr_assert_not(machine_is_saved(m, regs, 167));
	regs[34] = 8;
	regs[0] = 0;
	cr_assert_not(machine_is_saved(m, regs, 167));
}

/* Where the entry does not save the mode, the registers are recognised by the arguments. */
Test(machine, registers_are_recognised_by_the_arguments)
{
	const struct machine *m = machine_find("x86_64");
	const uint64_t args[MACHINE_CALL_ARGS] = {24, 9999, 0};
	uint64_t regs[21] = {[12] = 0, [13] = 9999, [14] = 24, [15] = 157, [16] = USER_IP};

	cr_assert_not(machine_is_saved(m, regs, 157));
	cr_assert(machine_is_saved_with(m, regs, 157, args));
	cr_assert_not(machine_is_saved_with(m, regs, 156, args));
	regs[13] = 9998;
	cr_assert_not(machine_is_saved_with(m, regs, 157, args));
	regs[13] = 9999;
	regs[16] = 0;
	cr_assert_not(machine_is_saved_with(m, regs, 157, args));
}

Test(machine, each_abi_has_its_numbers)
{
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_X86_64, 161), "chroot");
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_I386, 61), "chroot");
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_ARM, 61), "chroot");
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_ARM64, 51), "chroot");
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_RISCV64, 51), "chroot");
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_RISCV64, 452), "fchmodat2");
	/* A number of riscv's own, between the common ones. */
	cr_assert_str_eq(syscall_name(SYSCALL_ABI_RISCV64, 259), "riscv_flush_icache");
}

Test(machine, others)
{
	struct saved_call c = {.regs = {5, USER_IP, 0}};
	int nr;

	cr_assert_eq(machine_syscall(machine_find("aarch64"), &c, &nr), SYSCALL_ABI_ARM64);
	c.regs[SAVED_MODE] = 0x10;
	cr_assert_eq(machine_syscall(machine_find("aarch64"), &c, &nr), SYSCALL_ABI_ARM);
	cr_assert_eq(machine_syscall(machine_find("i386"), &c, &nr), SYSCALL_ABI_I386);
	cr_assert_null(machine_find("vax"));
}
