// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/preempt.h"

#include <string.h>
#include <sys/utsname.h>

#include "core/base/util.h"

bool preempt_model_preempts(const char *models)
{
	return strstr(models, "(full)") || strstr(models, "(lazy)");
}

/*
 * "#1 SMP PREEMPT_DYNAMIC Debian ...": init/Makefile adds the name of the model that is built in,
 * and nothing for a kernel that is never preempted. If the command line has several preempt=, the
 * last one counts (826bfeb37bb4, 5.12).
 */
bool preempt_version_preempts(const char *version, const char *cmdline)
{
	const char *last = NULL;

	if (!version || !strstr(version, "PREEMPT"))
		return false;
	if (!strstr(version, "PREEMPT_DYNAMIC") || !cmdline)
		return true;
	for (const char *p = cmdline; (p = strstr(p, "preempt=")); p++)
		if (p == cmdline || p[-1] == ' ')
			last = p + strlen("preempt=");
	return !last || (strncmp(last, "none", 4) != 0 && strncmp(last, "voluntary", 9) != 0);
}

static bool read_line(const char *path, char *buf, int size)
{
	cleanup_fclose FILE *f = fopen(path, "re");

	return f && fgets(buf, size, f);
}

bool kernel_preempts(void)
{
	char line[4096];
	struct utsname uts;

	if (read_line("/sys/kernel/debug/sched/preempt", line, sizeof(line)))
		return preempt_model_preempts(line);
	return preempt_version_preempts(uname(&uts) ? NULL : uts.version,
					read_line("/proc/cmdline", line, sizeof(line)) ? line
										       : NULL);
}
