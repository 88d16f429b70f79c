/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What captrace says about itself: always stderr, always "captrace: " and one line. */
#ifndef CAPTRACE_CORE_BASE_LOG_H
#define CAPTRACE_CORE_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

/*
 * 0: what the user has to know; 1 (-v): why things were decided; 2 (-vv): the libraries' words; 3
 * (-vvv): each probe that was tried, and what was read of the kernel's memory.
 */
#define LOG_TRACE 3
extern int log_level;

void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A library's words, with -vv: any number of lines, of which the last may go on the next time. */
void log_library(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * From now on @line is told each line, of whatever level and without "captrace: ". NULL: nobody is.
 * Like the level it is the process's: what logs has no other state to find it in.
 */
void log_set_tap(void (*line)(void *arg, int level, const char *text), void *arg);

/* Whether anybody sees lines of this level: not to make them for nobody. */
bool log_wants(int level);

#endif
