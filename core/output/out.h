/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A buffered writer for sinks. Errors stick: the first one is kept and later writes do nothing, so
 * that sinks need not check each write and the session looks once a batch.
 */
#ifndef CAPTRACE_CORE_OUTPUT_OUT_H
#define CAPTRACE_CORE_OUTPUT_OUT_H

#include <stddef.h>
#include <stdint.h>

struct out;

/* @fd is borrowed; -1: kept in memory, for out_data(). NULL if there is no memory. */
struct out *out_new(int fd);
void out_free(struct out *o); /* doesn't flush */

/*
 * A reader that has stopped reading must not keep the user from ending captrace: when @fd becomes
 * readable (a signalfd) while a write waits for room, that write gives up with -EINTR. Borrowed;
 * -1: wait for ever.
 */
void out_set_interrupt(struct out *o, int fd);

void out_write(struct out *o, const void *data, size_t len);
void out_str(struct out *o, const char *s);
void out_char(struct out *o, char c);
void out_u64(struct out *o, uint64_t v);
void out_s64(struct out *o, int64_t v);
void out_repeat(struct out *o, char c, size_t n);

/* Writes out what is buffered. Returns 0 or the first error of any write, a negative errno. */
int out_flush(struct out *o);

/* What is in the buffer, valid until the next write; and empty it. */
const char *out_data(const struct out *o, size_t *len);
void out_clear(struct out *o);

#endif
