/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID namespaces. Events have the numbers of the initial one; where captrace runs in a child
 * namespace (a container without --pid=host), the numbers that it sees in /proc are others, and
 * fewer processes are there to be seen.
 */
#ifndef CAPTRACE_CORE_BASE_PIDNS_H
#define CAPTRACE_CORE_BASE_PIDNS_H

#include <stdbool.h>
#include <stdint.h>

/* PROC_PID_INIT_INO: the initial namespace's inode, since 98f842e675f9 (3.8). */
#define PIDNS_INIT_INO 0xEFFFFFFCU

/* The inode of a process's namespace, which /proc has by @pid, "self" or a number; 0: not known. */
uint32_t pidns_of(const char *pid);

/* Of captrace's own; PIDNS_INIT_INO where /proc doesn't tell (before 3.8 there is nothing to tell). */
uint32_t pidns_own(void);

/* Whether captrace is in another namespace than the initial one. */
bool pidns_is_child(void);

/* Whether a process in /proc is in namespace @ns. Where /proc can't be read, all of them may be. */
bool pidns_lives(uint32_t ns);

#endif
