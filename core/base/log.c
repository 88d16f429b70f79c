// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/log.h"

#include <string.h>

#include "core/base/util.h"

int log_level;

static struct {
	void (*line)(void *arg, int level, const char *text);
	void *arg;
} tap;

void log_set_tap(void (*line)(void *arg, int level, const char *text), void *arg)
{
	tap.line = line;
	tap.arg = arg;
}

bool log_wants(int level)
{
	return log_level >= level || tap.line;
}

static void vlog(int level, const char *fmt, va_list ap)
{
	cleanup_free char *text = NULL;

	if (!log_wants(level))
		return;
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL; /* undefined then */
		return;
	}
	if (tap.line)
		tap.line(tap.arg, level, text);
	/* One write a line: the traced command may write to the same terminal. */
	if (log_level >= level)
		fprintf(stderr, "captrace: %s\n", text);
}

#define DEFINE_LOG(name, level)         \
	void name(const char *fmt, ...) \
	{                               \
		va_list ap;             \
                                        \
		va_start(ap, fmt);      \
		vlog(level, fmt, ap);   \
		va_end(ap);             \
	}

DEFINE_LOG(log_note, 0)
DEFINE_LOG(log_verbose, 1)
DEFINE_LOG(log_debug, 2)
DEFINE_LOG(log_trace, LOG_TRACE)

void log_library(const char *fmt, va_list ap)
{
	cleanup_free char *text = NULL;
	char *save = NULL;

	if (!log_wants(2))
		return;
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		return;
	}
	/* A verifier's log has many lines: as they come. */
	if (log_level >= 2)
		fputs(text, stderr);
	for (char *s = strtok_r(text, "\n", &save); s && tap.line; s = strtok_r(NULL, "\n", &save))
		tap.line(tap.arg, 2, s);
}
