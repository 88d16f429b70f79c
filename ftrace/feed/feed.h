/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the records of trace events come from: perf's rings, or the rings of tracefs instances.
 * Both deliver the same raw records, as the events' `format` files describe them, sorted by time
 * across all CPUs.
 */
#ifndef CAPTRACE_FTRACE_FEED_FEED_H
#define CAPTRACE_FTRACE_FEED_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cpus;
struct err;
struct feed;
struct pollfd;
struct tracedir;

#define FEED_FRAMES_MAX 127 /* sysctl kernel.perf_event_max_stack's default */

struct feed_record {
	uint64_t time; /* CLOCK_MONOTONIC, ns; from another clock if feed->clock_unknown */
	int32_t pid;   /* thread group in captrace's PID namespace; 0: this feed does not know it */
	uint32_t size; /* bytes of raw data */
	uint32_t frames_len;
	uint32_t reserved;
	/* uint64_t frames[frames_len], innermost first; then the raw data */
};

static inline const uint64_t *feed_frames(const struct feed_record *r)
{
	return (const uint64_t *)(r + 1);
}

static inline const void *feed_raw(const struct feed_record *r)
{
	return feed_frames(r) + r->frames_len;
}

/* Bytes of the header, the stack and the raw data. */
static inline size_t feed_record_size(const struct feed_record *r)
{
	return sizeof(*r) + r->frames_len * sizeof(uint64_t) + r->size;
}

/* The start of every raw record (include/linux/trace_events.h, struct trace_entry). */
struct feed_entry {
	uint16_t type; /* the event's id */
	uint8_t flags;
	uint8_t preempt_count;
	int32_t pid; /* thread, initial PID namespace */
};

struct feed_cfg {
	const struct tracedir *tracedir;
	const char *system;    /* of captrace's own events; borrowed until close() */
	const char *instances; /* the first 28 characters of instance names; borrowed, too */
	/*
	 * Record only this process, numbered in captrace's PID namespace, and its descendants; 0:
	 * the whole machine. Only the calibrating child is traced so, because neither perf nor
	 * tracefs follows an arbitrary target reliably: perf events are removed from a task that
	 * executes a set-user-ID program (begin_new_exec()), and set_event_pid misses threads that
	 * the kernel creates (create_io_thread(), 5.12).
	 */
	pid_t pid;
	size_t buffer_size; /* bytes, all rings together; 0: FEED_RING_SIZE for each */
	uint32_t frames;    /* per kernel stack, at most FEED_FRAMES_MAX; 0: no stacks */
};

#define FEED_RING_SIZE (1U << 20)

/* Bytes of one CPU's ring: @cfg's buffer size is divided among the CPUs @online. */
size_t feed_ring_size(const struct feed_cfg *cfg, const struct cpus *online);

/* An event that a feed records. Nothing is recorded before feed_ops.start(). */
struct feed_subscription {
	const char *system, *event;
	int id;             /* the event's number in its `format` file */
	int cpu;            /* record on this CPU only; -1: on all */
	const char *filter; /* evaluated by the kernel; NULL: none */
	bool count;         /* count matching events without recording them; perf only */
	bool loss_ok;       /* a lost record of this event is not reported as a loss */
	bool stack;         /* with feed_cfg.frames: record stacks; perf does so for all events */
};

typedef void feed_fn(void *arg, const struct feed_record *r);

struct feed_ops {
	const char *name;
	bool counts; /* supports subscriptions with `count` */
	int (*open)(struct feed **, const struct feed_cfg *, struct err *);
	int (*attach)(struct feed *, const struct feed_subscription *, struct err *);
	void (*detach)(struct feed *); /* removes all subscriptions */
	/* @cpu came up or went away. If up, attaches subscriptions to it or to all CPUs there. */
	int (*set_cpu)(struct feed *, int cpu, bool online, struct err *);
	/* Makes @event the last one to be called of those on the same hook. NULL: not needed. */
	int (*last)(struct feed *, const char *event, struct err *);
	int (*start)(struct feed *, struct err *);
	void (*stop)(struct feed *);
	/* Delivers the records made before the call. Returns their number or a negative errno. */
	int (*read)(struct feed *, feed_fn *, void *arg);
	int (*fds)(const struct feed *, struct pollfd *, int max);
	/* Records lost so far. */
	uint64_t (*lost)(struct feed *);
	/* Events counted so far by all subscriptions with `count`. */
	uint64_t (*counted)(const struct feed *);
	void (*close)(struct feed *);
};

struct feed {
	const struct feed_ops *ops;
	bool clock_unknown;  /* record times only give the order */
	bool stacks_unknown; /* stacks were requested, but this feed cannot record them */
};

extern const struct feed_ops feed_perf, feed_ring;

#endif
