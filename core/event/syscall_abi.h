/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system call tables that a number may be from. Included by the BPF programs, too. */
#ifndef CAPTRACE_CORE_EVENT_SYSCALL_ABI_H
#define CAPTRACE_CORE_EVENT_SYSCALL_ABI_H

enum syscall_abi {
	SYSCALL_ABI_NONE, /* not in a system call, or unknown */
	SYSCALL_ABI_X86_64,
	SYSCALL_ABI_I386,
	SYSCALL_ABI_X32, /* numbers with bit 30 set */
	SYSCALL_ABI_ARM64,
	SYSCALL_ABI_ARM, /* EABI */
	SYSCALL_ABI_RISCV64,
	SYSCALL_ABI_COUNT
};

#endif
