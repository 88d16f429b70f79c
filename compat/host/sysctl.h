/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the kernel's settings below /proc/sys. */
#ifndef CAPTRACE_COMPAT_HOST_SYSCTL_H
#define CAPTRACE_COMPAT_HOST_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the number in @name ("kernel/pid_max"). False: this kernel has no such setting, or hides
 * it.
 */
bool sysctl_read(const char *name, int64_t *value);

#endif
