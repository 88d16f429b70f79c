/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What captrace says about itself: always stderr, always "captrace: " and one line. */
#ifndef CAPTRACE_LOG_H
#define CAPTRACE_LOG_H

/* 0: what the user has to know; 1 (-v): why things were decided; 2 (-vv): the libraries' words. */
extern int log_level;

void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
