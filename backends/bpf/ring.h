/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader of the BPF ring buffer (Documentation/bpf/ringbuf.rst). Not libbpf's: that one tells the
 * kernel after each record how far it is, and the traced programs, which look there before each
 * record, would wait for that cache line every time; and it goes on for as long as records come.
 */
#ifndef CAPTRACE_BACKENDS_BPF_RING_H
#define CAPTRACE_BACKENDS_BPF_RING_H

#include <stddef.h>

struct bpf_ring;
struct err;

/* @fd is the map's, borrowed, and what to poll; @size is its max_entries. */
int bpf_ring_open(struct bpf_ring **ring, int fd, size_t size, struct err *e);
void bpf_ring_close(struct bpf_ring *ring);

/*
 * Hands out what was in the ring when called, at most @max records, up to one that is still being
 * written. @data is aligned to 8 bytes and valid during the call. Returns how many.
 */
size_t bpf_ring_drain(struct bpf_ring *ring, size_t max,
		      void (*fn)(void *arg, const void *data, size_t size), void *arg);

#endif
