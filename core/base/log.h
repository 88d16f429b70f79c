/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What captrace says about itself: always stderr, always "captrace: " and one line. With -vv, what is
 * no note has the time since the start and the part that says it, too, which is the folder of
 * the file: "captrace: 0.123 ftrace/discover: ...".
 */
#ifndef CAPTRACE_CORE_BASE_LOG_H
#define CAPTRACE_CORE_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

enum log_level {
	LOG_NOTE,    /* what the user has to know */
	LOG_VERBOSE, /* -v: why things were decided */
	LOG_DEBUG,   /* -vv: the libraries' words, too */
	LOG_TRACE,   /* -vvv: each probe that was tried, and what was read of the kernel's memory */
};

/* What CAPTRACE_DEBUG asks for, whatever the level: a bit each in log_tags. */
enum log_tag {
	LOG_TAG_DROP, /* each check that is not shown, and why (core/event/drop.h) */
	LOG_TAGS
};

/* The process's, as what logs has no other state to find them in. */
extern int log_level;
extern unsigned int log_tags;

static inline bool log_has_tag(enum log_tag tag)
{
	return __builtin_expect(log_tags >> tag & 1, 0);
}

/*
 * Sets log_tags to those in a comma-separated list; NULL: none. -EINVAL with @e for one that there
 * isn't.
 */
int log_set_tags(const char *list, struct err *e);

/* The tags and what each shows, a line each, on stdout. */
void log_help_tags(void);

#define log_note(...)    log_at(LOG_NOTE, __FILE__, __VA_ARGS__)
#define log_verbose(...) log_at(LOG_VERBOSE, __FILE__, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_DEBUG, __FILE__, __VA_ARGS__)
#define log_trace(...)   log_at(LOG_TRACE, __FILE__, __VA_ARGS__)

/* A line of @file, a path in the source tree, that is seen from level @level on. */
void log_at(enum log_level level, const char *file, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What is asked for by @tag; the caller has looked whether it is. */
void log_tagged(enum log_tag tag, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The words of a library ("libbpf"), with -vv: any number of lines, of which the last may go on the
 * next time.
 */
void log_library(const char *library, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * From now on @line is told each line, of whatever level and without what stands before it. NULL:
 * nobody is. Like the level it is the process's.
 */
void log_set_tap(void (*line)(void *arg, int level, const char *text), void *arg);

/* Whether anybody sees lines of this level: not to make them for nobody. */
bool log_wants(int level);

/* The part of captrace that @file is of, in @buf: "ftrace/discover" of "ftrace/discover/learn.c". */
const char *log_component(const char *file, char *buf, size_t size);

#endif
