/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for the end of processes that are not children of captrace. */
#ifndef CAPTRACE_CORE_BASE_PROCESS_WATCH_H
#define CAPTRACE_CORE_BASE_PROCESS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process_watch;

/* @pids: in captrace's own PID namespace. Returns 0, -ENOMEM, or the error of epoll or a timer. */
int process_watch_open(struct process_watch **out, const pid_t *pids, size_t len);
void process_watch_close(struct process_watch *w);

/* Becomes readable when process_watch_ended() should be called. */
int process_watch_fd(const struct process_watch *w);

/* Whether all processes have ended; a zombie has ended. May be called at any time. */
bool process_watch_ended(struct process_watch *w);

#endif
