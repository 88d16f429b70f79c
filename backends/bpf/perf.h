/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader where there is no BPF ring buffer (before 5.8): a perf buffer a CPU, put in order. */
#ifndef CAPTRACE_BACKENDS_BPF_PERF_H
#define CAPTRACE_BACKENDS_BPF_PERF_H

#include <stddef.h>
#include <stdint.h>

struct bpf_perf;
struct err;

/* @fd is the map's; @size in bytes is for all CPUs together. */
int bpf_perf_open(struct bpf_perf **perf, int fd, size_t size, struct err *e);
void bpf_perf_close(struct bpf_perf *perf);

/* What to poll: readable when a buffer has filled to a part, never for a lone record. */
int bpf_perf_fd(const struct bpf_perf *perf);

/*
 * Hands out, in order of time, what is not younger than @now, CLOCK_MONOTONIC at the call. @data is
 * aligned to 8 bytes and valid during the call. Returns how many, or a negative errno.
 */
int bpf_perf_drain(struct bpf_perf *perf, uint64_t now,
		   void (*fn)(void *arg, const void *data, size_t size), void *arg);

/* Records that found no room. */
uint64_t bpf_perf_lost(const struct bpf_perf *perf);

#endif
