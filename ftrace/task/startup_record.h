/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes the records of the hooks for start-up (ftrace/probe/startup_probe.h). */
#ifndef CAPTRACE_FTRACE_TASK_STARTUP_RECORD_H
#define CAPTRACE_FTRACE_TASK_STARTUP_RECORD_H

struct feed_record;
struct hook_decoder;
struct startup;

/*
 * Decodes a record of @d and updates @s. Does nothing if @d's hook is not one for start-up. @v1:
 * number of the hierarchy of version 1 that counts besides version 2; 0: none.
 */
void startup_take(struct startup *s, const struct hook_decoder *d, const struct feed_record *r,
		  int v1);

#endif
