/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the records that the programs make, from a BPF ring buffer or, before 5.8, from one perf
 * buffer per CPU. Which it is follows at open from the settings that the programs were loaded with.
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
	size_t size;  /* bytes: max_entries of a ring, or all CPUs' perf buffers together */
	/*
	 * Each record begins with its time, by which the records of several CPUs are put in order,
	 * and the fill level wakes the reader. Without: records are read as they come, and each of
	 * them wakes the reader.
	 */
	bool timed;
	/* Where the reader of a ring asks to be woken. NULL: each record wakes it. */
	struct bpf_shared *shared;
};

/* One kind of reader, which the functions below call. */
struct bpf_reader;
struct bpf_reader_ops {
	int (*open)(struct bpf_reader **reader, const struct bpf_reader_cfg *cfg, struct err *e);
	int (*fd)(const struct bpf_reader *reader);
	int (*drain)(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg);
	bool (*arm)(struct bpf_reader *reader);            /* NULL: not possible */
	uint64_t (*lost)(const struct bpf_reader *reader); /* NULL: the programs count all losses */
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

/*
 * To be polled. For perf buffers with cfg.timed it is readable once one of them is a quarter full.
 */
int bpf_reader_fd(const struct bpf_reader *reader);

/*
 * Calls @fn for the records made before this call, in order of time, up to one that is still being
 * written; for a ring, at most @max times. Returns the number of records, or a negative errno.
 */
int bpf_reader_drain(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg);

/* Asks that the next record make bpf_reader_fd() readable. False if this kind of reader can't. */
bool bpf_reader_arm(struct bpf_reader *reader);

/* The number of records that were lost and that the programs have not counted. */
uint64_t bpf_reader_lost(const struct bpf_reader *reader);

#endif
