/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID namespaces. Events carry pids of the initial namespace. Where captrace runs in a child
 * namespace (a container without --pid=host), processes have other pids in /proc, and /proc shows
 * fewer of them.
 */
#ifndef CAPTRACE_CORE_BASE_PIDNS_H
#define CAPTRACE_CORE_BASE_PIDNS_H

#include <stdbool.h>
#include <stdint.h>

/* PROC_PID_INIT_INO: the initial namespace's inode, since 98f842e675f9 (3.8). */
#define PIDNS_INIT_INO 0xEFFFFFFCU

/* The inode of a process's PID namespace; 0: unknown. @pid: a number as in /proc, or "self". */
uint32_t pidns_of(const char *pid);

/*
 * The inode of captrace's own; PIDNS_INIT_INO if /proc does not show it (before 3.8 it never does).
 */
uint32_t pidns_own(void);

/* Whether captrace is in a PID namespace other than the initial one. */
bool pidns_is_child(void);

/* Whether a process in /proc is in namespace @ns. True also if /proc cannot be read. */
bool pidns_lives(uint32_t ns);

#endif
