/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's settings below /proc/sys. */
#ifndef CAPTRACE_COMPAT_HOST_SYSCTL_H
#define CAPTRACE_COMPAT_HOST_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

/* The number in @name ("kernel/pid_max"); false if this kernel has no such setting, or hides it. */
bool sysctl_read(const char *name, int64_t *value);

#endif
