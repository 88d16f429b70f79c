/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a task can be preempted while it is in the kernel. */
#ifndef CAPTRACE_COMPAT_HOST_PREEMPT_H
#define CAPTRACE_COMPAT_HOST_PREEMPT_H

#include <stdbool.h>

/* What /sys/kernel/debug/sched/preempt says, as "none voluntary (full) lazy". */
bool preempt_model_preempts(const char *models);

/* What `uname -v` and the kernel's command line say; NULL for one that isn't there. */
bool preempt_version_preempts(const char *version, const char *cmdline);

/* False only if it is known not to: where the model is set at boot and nothing tells it, true. */
bool kernel_preempts(void);

#endif
