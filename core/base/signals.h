/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signals that captrace reads from a signalfd instead of being interrupted by them. */
#ifndef CAPTRACE_CORE_BASE_SIGNALS_H
#define CAPTRACE_CORE_BASE_SIGNALS_H

#include <signal.h>

/* SIGINT, SIGTERM, SIGHUP: those that end a session. */
sigset_t signals_ending(void);

/* These, SIGCHLD and SIGWINCH. */
sigset_t signals_all(void);

/*
 * Blocks signals_all() and ignores SIGPIPE, before anything that has to be cleaned up exists: a
 * closed pipe is an error of a write like any other. Children get back what was there before.
 */
void signals_block(void);
void signals_restore(void);

#endif
