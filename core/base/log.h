/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * captrace's messages: each is one line on stderr that starts with "captrace: ". With -vv, all but
 * notes also show the time since the start and the component that wrote them, which is the folder
 * of its source file: "captrace: 0.123 ftrace/discover: ...".
 */
#ifndef CAPTRACE_CORE_BASE_LOG_H
#define CAPTRACE_CORE_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

enum log_level {
	LOG_NOTE,    /* what the user has to know */
	LOG_VERBOSE, /* -v: explains decisions */
	LOG_DEBUG,   /* -vv: messages of libraries, too */
	LOG_TRACE,   /* -vvv: each probe that is tried, and what is read from the kernel's memory */
};

/* What CAPTRACE_DEBUG can ask for, independent of the level: a bit each in log_tags. */
enum log_tag {
	LOG_TAG_DROP, /* each check that is not shown, and why (core/event/drop.h) */
	LOG_TAGS
};

/* Global, because functions that log are not passed any other state. */
extern int log_level;
extern unsigned int log_tags;

static inline bool log_has_tag(enum log_tag tag)
{
	return __builtin_expect(log_tags >> tag & 1, 0);
}

/* Sets log_tags from a comma-separated list; NULL: none. -EINVAL with @e if a tag is unknown. */
int log_set_tags(const char *list, struct err *e);

/* Prints the tags and what each shows to stdout, one per line. */
void log_help_tags(void);

#define log_note(...)    log_at(LOG_NOTE, __FILE__, __VA_ARGS__)
#define log_verbose(...) log_at(LOG_VERBOSE, __FILE__, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_DEBUG, __FILE__, __VA_ARGS__)
#define log_trace(...)   log_at(LOG_TRACE, __FILE__, __VA_ARGS__)

/* Logs a line if log_level is @level or higher. @file: path of the caller in the source tree. */
void log_at(enum log_level level, const char *file, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Logs a line for @tag. The caller has checked log_has_tag(). */
void log_tagged(enum log_tag tag, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Logs, with -vv, what a library ("libbpf") reports: any number of lines, of which the last may be
 * continued by the next call.
 */
void log_library(const char *library, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * From now on, calls @line with each line of any level, without its prefix. NULL: no longer.
 * Global, like the level.
 */
void log_set_tap(void (*line)(void *arg, int level, const char *text), void *arg);

/* Whether anybody gets lines of this level; if not, callers need not compose them. */
bool log_wants(int level);

/* The folder of @file, in @buf: "ftrace/discover" for "ftrace/discover/learn.c". */
const char *log_component(const char *file, char *buf, size_t size);

#endif
