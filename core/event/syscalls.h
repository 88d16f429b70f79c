/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of system calls. A number means nothing without the table (ABI) that the task used. A
 * 32-bit task on a 64-bit kernel, and a 64-bit task that uses `int $0x80`, use the 32-bit table.
 */
#ifndef CAPTRACE_CORE_EVENT_SYSCALLS_H
#define CAPTRACE_CORE_EVENT_SYSCALLS_H

#include <stdbool.h>

#include "core/event/syscall_abi.h"

/*
 * The ABI of native tasks and of 32-bit (compat) tasks on the architecture of this build;
 * SYSCALL_ABI_NONE if there is none.
 */
enum syscall_abi syscall_abi_native(void);
enum syscall_abi syscall_abi_compat(void);

/*
 * The name of system call @nr; "syscall_<nr>" if it is newer than the tables here,
 * "syscall_unknown" if it is far outside of them; NULL for SYSCALL_ABI_NONE or a negative @nr. The
 * string is valid for the life of the process.
 */
const char *syscall_name(enum syscall_abi abi, int nr);

/* Whether any ABI has a system call @name; a filter for another name would never match. */
bool syscall_known(const char *name);

/*
 * Whether @name is one of the words in @list. A NULL list contains every name, even NULL; any other
 * list does not contain NULL.
 */
bool syscall_among(const char *list, const char *name);

#endif
