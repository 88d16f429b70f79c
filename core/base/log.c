// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/log.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/util.h"

int log_level;
unsigned int log_tags;

static const struct {
	const char *name, *help;
} tags[LOG_TAGS] = {
	[LOG_TAG_DROP] = {"drop", "each check that reached captrace and is not shown, and why"},
};

static struct {
	void (*line)(void *arg, int level, const char *text);
	void *arg;
} tap;

static uint64_t start_ns;

__attribute__((constructor)) static void note_start(void)
{
	start_ns = clock_mono_ns();
}

void log_set_tap(void (*line)(void *arg, int level, const char *text), void *arg)
{
	tap.line = line;
	tap.arg = arg;
}

bool log_wants(int level)
{
	return log_level >= level || tap.line;
}

static int find_tag(const char *name, size_t len)
{
	for (int i = 0; i < LOG_TAGS; i++)
		if (strlen(tags[i].name) == len && !strncmp(tags[i].name, name, len))
			return i;
	return -1;
}

int log_set_tags(const char *list, struct err *e)
{
	log_tags = 0;
	while (list && *list) {
		size_t len = strcspn(list, ",");
		int tag = find_tag(list, len);

		if (tag < 0 && len)
			return err_set(
				e, -EINVAL,
				"CAPTRACE_DEBUG: unknown tag '%.*s' (CAPTRACE_DEBUG=help lists "
				"the tags)",
				(int)MIN(len, (size_t)64), list);
		if (len)
			log_tags |= 1U << tag;
		list += len + (list[len] == ',');
	}
	return 0;
}

void log_help_tags(void)
{
	printf("CAPTRACE_DEBUG=TAG,…:\n");
	for (int i = 0; i < LOG_TAGS; i++)
		printf("  %-8s %s\n", tags[i].name, tags[i].help);
}

const char *log_component(const char *file, char *buf, size_t size)
{
	const char *end = strrchr(file, '/');

	snprintf(buf, size, "%.*s", end ? (int)(end - file) : (int)strlen(file), file);
	return buf;
}

/* Writes the prefix that lines have with -vv. */
static void stamp(char *buf, size_t size, const char *component)
{
	uint64_t ms = (clock_mono_ns() - start_ns) / NS_PER_MS;

	snprintf(buf, size, "%u.%03u %s: ", (unsigned int)(ms / MS_PER_SEC),
		 (unsigned int)(ms % MS_PER_SEC), component);
}

void log_at(enum log_level level, const char *file, const char *fmt, ...)
{
	cleanup_free char *text = NULL;
	char before[64] = "", component[40];
	va_list ap;
	int n;

	if (!log_wants(level))
		return;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL; /* undefined after a failure */
		return;
	}
	if (tap.line)
		tap.line(tap.arg, level, text);
	if (log_level < (int)level)
		return;
	if (log_level >= LOG_DEBUG && level > LOG_NOTE)
		stamp(before, sizeof(before), log_component(file, component, sizeof(component)));
	/* One write per line: the traced command may write to the same terminal. */
	fprintf(stderr, "captrace: %s%s\n", before, text);
}

void log_tagged(enum log_tag tag, const char *fmt, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		text = NULL;
	else
		fprintf(stderr, "captrace: %s: %s\n", tags[tag].name, text);
}

/* Whether the last text of a library did not end with a newline. */
static bool in_line;

/* Lines of a library often begin with its name, which the prefix already shows. */
static const char *without_name(const char *line, const char *library)
{
	size_t len = strlen(library);

	return !strncmp(line, library, len) && !strncmp(line + len, ": ", 2) ? line + len + 2
									     : line;
}

void log_library(const char *library, const char *fmt, va_list ap)
{
	cleanup_free char *text = NULL;
	char before[64];

	if (!log_wants(LOG_DEBUG))
		return;
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		return;
	}
	stamp(before, sizeof(before), library);
	for (char *s = text, *next; *s; s = next) {
		size_t len = strcspn(s, "\n");
		bool whole = s[len];

		next = s + len + whole;
		s[len] = '\0';
		if (log_level >= LOG_DEBUG)
			fprintf(stderr, "%s%s%s%s",
				in_line ? "" : "captrace: ", in_line ? "" : before,
				in_line ? s : without_name(s, library), whole ? "\n" : "");
		if (tap.line && len)
			tap.line(tap.arg, LOG_DEBUG, s);
		in_line = !whole;
	}
}
