/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A buffered writer for sinks. Errors stick: the first one is kept and later writes do nothing, so
 * sinks need not check each write, and the session checks once per batch.
 */
#ifndef CAPTRACE_CORE_OUTPUT_OUT_H
#define CAPTRACE_CORE_OUTPUT_OUT_H

#include <stddef.h>
#include <stdint.h>

struct out;

/* @fd is borrowed; -1: keep the text in memory, for out_data(). NULL: out of memory. */
struct out *out_new(int fd);
void out_free(struct out *o); /* does not flush */

/*
 * When @fd (a signalfd) becomes readable while a write waits for room, the write gives up with
 * -EINTR: a reader that has stopped reading must not keep the user from ending captrace. @fd is
 * borrowed; -1: wait for ever.
 */
void out_set_interrupt(struct out *o, int fd);

void out_write(struct out *o, const void *data, size_t len);
void out_str(struct out *o, const char *s);
void out_char(struct out *o, char c);
void out_u64(struct out *o, uint64_t v);
void out_s64(struct out *o, int64_t v);
void out_repeat(struct out *o, char c, size_t n);

/* Writes the buffer to the fd. Returns 0 or the first error of any write, a negative errno. */
int out_flush(struct out *o);

/* The content of the buffer, valid until the next write; out_clear() empties it. */
const char *out_data(const struct out *o, size_t *len);
void out_clear(struct out *o);

#endif
