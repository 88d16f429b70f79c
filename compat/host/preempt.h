/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a task can be preempted while it is in the kernel. */
#ifndef CAPTRACE_COMPAT_HOST_PREEMPT_H
#define CAPTRACE_COMPAT_HOST_PREEMPT_H

#include <stdbool.h>

/* From /sys/kernel/debug/sched/preempt, such as "none voluntary (full) lazy". */
bool preempt_model_preempts(const char *models);

/* From `uname -v` and the kernel's command line; NULL: not available. */
bool preempt_version_preempts(const char *version, const char *cmdline);

/* Returns false only if that is certain; true if the model is not known. */
bool kernel_preempts(void);

#endif
