/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the records that the programs make: a BPF ring buffer, or before 5.8 a perf buffer a CPU. Which
 * of them is chosen at open, by the settings that the programs were loaded with.
 */
#ifndef CAPTRACE_BACKENDS_BPF_READER_H
#define CAPTRACE_BACKENDS_BPF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_shared;
struct err;

/* Called for each record. @data is aligned to 8 bytes and valid during the call; @size in bytes. */
typedef void bpf_record_fn(void *arg, const void *data, size_t size);

struct bpf_reader_cfg {
	int map;      /* fd, borrowed */
	bool ringbuf; /* else a perf event array */
	size_t size;  /* bytes: a ring's max_entries, or of the perf buffers of all CPUs together */
	/*
	 * Each record begins with its time, by which those of several CPUs are put in order, and the
	 * reader is polled by the fill level; else records are read as they come, and each wakes.
	 */
	bool timed;
	struct bpf_shared
		*shared; /* where a ring's reader asks to be woken; NULL: each record wakes */
};

/* The kind of a reader. @drain and @close are as the functions below have them. */
struct bpf_reader;
struct bpf_reader_ops {
	int (*open)(struct bpf_reader **reader, const struct bpf_reader_cfg *cfg, struct err *e);
	int (*fd)(const struct bpf_reader *reader);
	int (*drain)(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg);
	bool (*arm)(struct bpf_reader *reader);            /* NULL: it can't */
	uint64_t (*lost)(const struct bpf_reader *reader); /* NULL: the programs count all */
	void (*close)(struct bpf_reader *reader);
};

struct bpf_reader {
	const struct bpf_reader_ops *ops;
};

extern const struct bpf_reader_ops bpf_ring_ops; /* ring.c */
extern const struct bpf_reader_ops bpf_perf_ops; /* perf.c */

/* 0, or a negative errno with @e set. */
int bpf_reader_open(struct bpf_reader **reader, const struct bpf_reader_cfg *cfg, struct err *e);
void bpf_reader_close(struct bpf_reader *reader);

/* What to poll. Of perf buffers with cfg.timed it is readable once one has filled to a part. */
int bpf_reader_fd(const struct bpf_reader *reader);

/*
 * Hands out what had been recorded when it was called, in order of time, up to a record that is still
 * being written; of a ring at most @max records. Returns how many, or a negative errno.
 */
int bpf_reader_drain(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg);

/* Asks that the next record make bpf_reader_fd() readable. False if this kind of reader can't. */
bool bpf_reader_arm(struct bpf_reader *reader);

/* Records that found no room, and that the programs have not counted. */
uint64_t bpf_reader_lost(const struct bpf_reader *reader);

#endif
