/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removing trace instances. Kernels from about 4.4 to 4.19 refuse to remove any instance while
 * somebody has a trace_pipe_raw of some instance open: an open pipe counts as a user of the tracer
 * `nop`, which all instances share. A captrace that cannot remove its instances when it ends leaves
 * them to the captrace that closes the last pipe.
 */
#ifndef CAPTRACE_FTRACE_FEED_INSTANCES_H
#define CAPTRACE_FTRACE_FEED_INSTANCES_H

#include <stddef.h>

/* Removes the instances whose names start with @prefix. Returns how many could not be removed. */
size_t instances_remove(const char *prefix);

/*
 * Does the same at the end, once this process has closed its pipes: retries for a moment in case
 * others close theirs, then tells the user which instances remain, and marks these for
 * instances_remove_left().
 */
void instances_remove_at_end(const char *prefix);

/* Removes instances whose captrace has ended or gave up removing them, if the kernel allows it. */
void instances_remove_left(void);

#endif
