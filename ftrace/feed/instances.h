/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removing trace instances. Kernels of about 4.4 to 4.19 refuse that while anybody has a
 * trace_pipe_raw of any instance open: an open pipe counts as a user of the tracer `nop`, which all
 * instances share. What can't be removed when it ends is removed later, by whoever closed the last
 * pipe.
 */
#ifndef CAPTRACE_FTRACE_FEED_INSTANCES_H
#define CAPTRACE_FTRACE_FEED_INSTANCES_H

#include <stddef.h>

/* Removes those whose names start with @prefix. Returns how many stay. */
size_t instances_remove(const char *prefix);

/*
 * The same at the end, when this process has no pipe open any more: waits a little for others that
 * have, and tells the user what stays. That is marked for instances_remove_left().
 */
void instances_remove_at_end(const char *prefix);

/* Removes what captraces left that are gone, or that gave up, as far as the kernel lets it. */
void instances_remove_left(void);

#endif
