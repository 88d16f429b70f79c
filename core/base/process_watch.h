/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes whose end is waited for, none of them a child of captrace. */
#ifndef CAPTRACE_CORE_BASE_PROCESS_WATCH_H
#define CAPTRACE_CORE_BASE_PROCESS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process_watch;

/* @pids as captrace's own PID namespace has them. -ENOMEM, or what epoll or a timer says. */
int process_watch_open(struct process_watch **out, const pid_t *pids, size_t len);
void process_watch_close(struct process_watch *w);

/* Readable when process_watch_ended() is to be asked. */
int process_watch_fd(const struct process_watch *w);

/* Whether all have ended. A zombie has. It may be asked at any time. */
bool process_watch_ended(struct process_watch *w);

#endif
