// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

int log_level;

static void vlog(const char *fmt, va_list ap)
{
	char line[1024];
	int n;

	/* One write a line: the traced command may write to the same terminal. */
	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n > 0)
		fprintf(stderr, "captrace: %s\n", line);
}

#define DEFINE_LOG(name, level)          \
	void name(const char *fmt, ...)  \
	{                                \
		va_list ap;              \
                                         \
		if (log_level < (level)) \
			return;          \
		va_start(ap, fmt);       \
		vlog(fmt, ap);           \
		va_end(ap);              \
	}

DEFINE_LOG(log_note, 0)
DEFINE_LOG(log_verbose, 1)
DEFINE_LOG(log_debug, 2)
