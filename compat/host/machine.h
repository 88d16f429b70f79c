/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between machines for a probe: where a C function's arguments are at its entry, and
 * what the registers saved at a system call mean. The kernel's machine, not the build's: a 32-bit
 * captrace on a 64-bit kernel probes 64-bit registers.
 */
#ifndef CAPTRACE_COMPAT_HOST_MACHINE_H
#define CAPTRACE_COMPAT_HOST_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event/syscall_abi.h"

#define MACHINE_ARGS      5
#define MACHINE_CALL_ARGS 3

/* Registers saved at the entry from user space that tell the system call. */
enum saved_reg {
	SAVED_NR,
	SAVED_IP,
	SAVED_MODE, /* cs, pstate, cpsr; riscv: cause */
	/* x86-64 only: `syscall` leaves ip here, and flags in r11. */
	SAVED_CX,
	SAVED_R11,
	SAVED_FLAGS, /* riscv: sstatus */
	SAVED_REGS
};

#define SAVED_ABSENT (-1)

/* What an array with a row for each machine is indexed by. */
enum machine_id {
	MACHINE_X86_64,
	MACHINE_I386,
	MACHINE_ARM64,
	MACHINE_ARM,
	MACHINE_RISCV64,
	MACHINES
};

struct saved_call;

struct machine {
	enum machine_id id;
	const char *name;               /* in messages; in C the id tells */
	uint8_t word;                   /* bytes of a long */
	const char *args[MACHINE_ARGS]; /* as probe definitions have them */
	/*
	 * A fetch argument that at a function's return has its value of the entry, plus a constant: the
	 * stack pointer, or a register that the callee preserves.
	 */
	const char *frame;
	int16_t saved[SAVED_REGS]; /* offset in struct pt_regs; SAVED_ABSENT: none */
	/*
	 * There too, the first arguments of a system call, as they were at its entry; of a 32-bit
	 * task's on a 64-bit kernel SAVED_ABSENT where they are in the same register.
	 */
	int16_t call_args[MACHINE_CALL_ARGS], compat_args[MACHINE_CALL_ARGS];
	enum syscall_abi abi, compat_abi; /* SYSCALL_ABI_NONE: no other */
	/* thread_info.status has TS_COMPAT, which tells a 32-bit system call. */
	bool has_status;
	/* Only the instruction before the saved address tells a system call. */
	bool needs_insn;
	/* No kernel address lies from -4 GB to -2 GB. */
	bool has_gap;
	/* Of a call that has a number: whose ABI it has, or SYSCALL_ABI_NONE if it isn't one. */
	enum syscall_abi (*abi_of)(const struct saved_call *call);
	/* Whether @mode (SAVED_MODE) is that of a task's own code. */
	bool (*is_user_mode)(uint64_t mode);
};

/* @word: bytes of a long in the kernel, 0 if unknown. NULL for a machine that isn't known. */
const struct machine *machine_of_kernel(int word);

/* By its name, for tests; NULL if there is none. */
const struct machine *machine_find(const char *name);

struct saved_call {
	int64_t regs[SAVED_REGS];
	bool has_status;
	uint32_t status; /* x86: thread_info.status */
	bool has_insn;
	uint32_t insn; /* arm: the word before ip */
};

/*
 * Which system call the task is in, or SYSCALL_ABI_NONE for none and for what can't be told. @nr is
 * set if it is one.
 */
enum syscall_abi machine_syscall(const struct machine *m, const struct saved_call *call, int *nr);

/* Whether @regs, a struct pt_regs, could be what was saved at system call @nr of a user's task. */
bool machine_is_saved(const struct machine *m, const void *regs, int nr);

/*
 * The same where the entry doesn't save the mode, as x86-64's fast path before 4.1: the
 * arguments tell.
 */
bool machine_is_saved_with(const struct machine *m, const void *regs, int nr,
			   const uint64_t args[MACHINE_CALL_ARGS]);

#endif
