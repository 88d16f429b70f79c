/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System-call names by ABI: a task's number means nothing without the table it used. A 32-bit task
 * on a 64-bit kernel, and a 64-bit task in `int $0x80`, use the 32-bit one.
 */
#ifndef CAPTRACE_CORE_EVENT_SYSCALLS_H
#define CAPTRACE_CORE_EVENT_SYSCALLS_H

#include <stdbool.h>

#include "core/event/syscall_abi.h"

/* The ABI of 64-bit (or only) and of 32-bit (compat) tasks on the architecture of this build. */
enum syscall_abi syscall_abi_native(void);
enum syscall_abi syscall_abi_compat(void);

/*
 * Name of system call @nr, "syscall_<nr>" for one that is newer than the tables here, NULL for
 * SYSCALL_ABI_NONE or a negative @nr. The string is kept for the life of the process.
 */
const char *syscall_name(enum syscall_abi abi, int nr);

/* Whether some ABI's table has @name: a filter on another would never match. */
bool syscall_known(const char *name);

/* Whether @name is among the words of @list. A NULL list has all; else a NULL @name is in none. */
bool syscall_among(const char *list, const char *name);

#endif
