/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine dependent part of probes: where the arguments of a C function are at its entry, and
 * what the registers saved at a system call mean. The machine is the kernel's, not the build's: a
 * 32-bit captrace on a 64-bit kernel probes 64-bit registers.
 */
#ifndef CAPTRACE_COMPAT_HOST_MACHINE_H
#define CAPTRACE_COMPAT_HOST_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event/syscall_abi.h"

#define MACHINE_ARGS      5
#define MACHINE_CALL_ARGS 3

/* Registers saved at the entry from user space that identify the system call. */
enum saved_reg {
	SAVED_NR,
	SAVED_IP,
	SAVED_MODE, /* cs, pstate, cpsr; riscv: cause */
	/* x86-64 only: `syscall` saves ip in cx and flags in r11. */
	SAVED_CX,
	SAVED_R11,
	SAVED_FLAGS, /* riscv: sstatus */
	SAVED_REGS
};

#define SAVED_ABSENT (-1)

/* Index of arrays that have a row for each machine. */
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
	const char *name;               /* for messages; code uses the id */
	uint8_t word;                   /* bytes of a long */
	const char *args[MACHINE_ARGS]; /* in the syntax of probe definitions */
	/*
	 * A fetch argument that has the same value at a function's entry and return, plus a
	 * constant: the stack pointer, or a register that the callee preserves.
	 */
	const char *frame;
	int16_t saved[SAVED_REGS]; /* offsets in struct pt_regs; SAVED_ABSENT: none */
	/*
	 * Offsets in struct pt_regs of a system call's first arguments, as they were at its entry.
	 * compat_args are those of 32-bit tasks on a 64-bit kernel; SAVED_ABSENT: in the same
	 * register as call_args.
	 */
	int16_t call_args[MACHINE_CALL_ARGS], compat_args[MACHINE_CALL_ARGS];
	enum syscall_abi abi, compat_abi; /* compat_abi is SYSCALL_ABI_NONE if there is no other */
	/* thread_info.status has TS_COMPAT, which marks a 32-bit system call. */
	bool has_status;
	/* Only the instruction before the saved address identifies a system call. */
	bool needs_insn;
	/* No kernel address is between -4 GB and -2 GB. */
	bool has_gap;
	/*
	 * For @call with a valid number: its ABI, or SYSCALL_ABI_NONE if it is not a system call.
	 */
	enum syscall_abi (*abi_of)(const struct saved_call *call);
	/* Whether @mode (SAVED_MODE) is that of user space. */
	bool (*is_user_mode)(uint64_t mode);
};

/*
 * @word: bytes of a long in the kernel, 0: unknown. Returns NULL if the machine is not supported.
 */
const struct machine *machine_of_kernel(int word);

/* Finds a machine by its name; NULL: there is none of that name. */
const struct machine *machine_find(const char *name);

struct saved_call {
	int64_t regs[SAVED_REGS];
	bool has_status;
	uint32_t status; /* x86: thread_info.status */
	bool has_insn;
	uint32_t insn; /* arm: the word before ip */
};

/*
 * Returns the ABI of the system call that the task is in, and sets @nr to its number.
 * SYSCALL_ABI_NONE: it is in none, or that can't be decided.
 */
enum syscall_abi machine_syscall(const struct machine *m, const struct saved_call *call, int *nr);

/* Whether @regs, a struct pt_regs, could have been saved at system call @nr of a user task. */
bool machine_is_saved(const struct machine *m, const void *regs, int nr);

/*
 * The same, recognised by the arguments: for entries that don't save the mode, such as x86-64's
 * fast path before 4.1.
 */
bool machine_is_saved_with(const struct machine *m, const void *regs, int nr,
			   const uint64_t args[MACHINE_CALL_ARGS]);

#endif
