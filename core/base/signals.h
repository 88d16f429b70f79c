/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signals that captrace reads from a signalfd instead of being interrupted by them. */
#ifndef CAPTRACE_CORE_BASE_SIGNALS_H
#define CAPTRACE_CORE_BASE_SIGNALS_H

#include <signal.h>

/* SIGINT, SIGTERM, SIGHUP: those that end a session. */
sigset_t signals_ending(void);

/* The above, SIGCHLD and SIGWINCH. */
sigset_t signals_all(void);

/*
 * signals_block() blocks signals_all() and ignores SIGPIPE, so that writing to a closed pipe is an
 * error like any other. Call it before anything exists that has to be cleaned up. signals_restore()
 * undoes it in a child.
 */
void signals_block(void);
void signals_restore(void);

#endif
