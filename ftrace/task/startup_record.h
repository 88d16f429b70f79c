/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the records of the hooks of start-up (ftrace/probe/startup_probe.h) to what they say. */
#ifndef CAPTRACE_FTRACE_TASK_STARTUP_RECORD_H
#define CAPTRACE_FTRACE_TASK_STARTUP_RECORD_H

struct feed_record;
struct hook_decoder;
struct startup;

/*
 * Tells @s what a record of @d says; nothing if its hook has to do with other things. @v1: the number
 * of the hierarchy of version 1 that counts besides version 2, or 0.
 */
void startup_take(struct startup *s, const struct hook_decoder *d, const struct feed_record *r,
		  int v1);

#endif
