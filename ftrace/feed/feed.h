/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the records of trace events come from: perf's rings, or the rings of tracefs instances.
 * Both deliver the same raw records, those that the events' `format` files describe, in order of
 * time over all CPUs.
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
	uint64_t time; /* CLOCK_MONOTONIC, ns; of another clock if feed->clock_unknown */
	int32_t pid;   /* thread group in captrace's PID namespace; 0: this feed can't tell */
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

/* Bytes of all of it. */
static inline size_t feed_record_size(const struct feed_record *r)
{
	return sizeof(*r) + r->frames_len * sizeof(uint64_t) + r->size;
}

/* Every raw record starts so (include/linux/trace_events.h, struct trace_entry). */
struct feed_entry {
	uint16_t type; /* the event's id */
	uint8_t flags;
	uint8_t preempt_count;
	int32_t pid; /* thread, initial PID namespace */
};

struct feed_cfg {
	const struct tracedir *tracedir;
	const char *system;    /* of captrace's own events; kept, not copied, as is the next */
	const char *instances; /* 28 characters that instances' names start with */
	/*
	 * Only this process, as captrace's PID namespace numbers it, and what it forks; 0: the whole
	 * machine. For a child that calibrates: neither perf nor tracefs follows a real target to its
	 * end. Perf events leave a task that runs a set-user-ID program (begin_new_exec()), and
	 * set_event_pid doesn't learn of threads that the kernel makes (create_io_thread(), 5.12).
	 */
	pid_t pid;
	size_t buffer_size; /* bytes of all rings; 0: FEED_RING_SIZE for each */
	uint32_t frames;    /* of kernel stacks, at most FEED_FRAMES_MAX; 0: no stacks */
};

#define FEED_RING_SIZE (1U << 20)

/* Bytes of a CPU's ring, where those of @online share what @cfg allows. */
size_t feed_ring_size(const struct feed_cfg *cfg, const struct cpus *online);

/* An event to take in. It stays quiet until feed_start(). */
struct feed_subscription {
	const char *system, *event;
	int id;             /* from its id file */
	int cpu;            /* on that CPU only; -1: on all */
	const char *filter; /* or NULL; decided in the kernel */
	bool count;         /* don't record, only count; perf only */
	bool loss_ok;       /* nothing is missing where one of its records is lost */
	bool stack;         /* with feed_cfg.frames: its stack is wanted; perf takes all */
};

typedef void feed_fn(void *arg, const struct feed_record *r);

struct feed_ops {
	const char *name;
	bool counts; /* takes subscriptions with `count` */
	int (*open)(struct feed **, const struct feed_cfg *, struct err *);
	int (*attach)(struct feed *, const struct feed_subscription *, struct err *);
	void (*detach)(struct feed *); /* all subscriptions */
	/* A CPU came up, or went away: takes in there again what is attached to it or to all. */
	int (*set_cpu)(struct feed *, int cpu, bool online, struct err *);
	/* From now on @event is called after all others of the same place. NULL: not needed. */
	int (*last)(struct feed *, const char *event, struct err *);
	int (*start)(struct feed *, struct err *);
	void (*stop)(struct feed *);
	/* Delivers what was recorded before the call. Returns the number of records or an errno. */
	int (*read)(struct feed *, feed_fn *, void *arg);
	int (*fds)(const struct feed *, struct pollfd *, int max);
	uint64_t (*lost)(struct feed *);
	/* Of all subscriptions with `count`. */
	uint64_t (*counted)(const struct feed *);
	void (*close)(struct feed *);
};

struct feed {
	const struct feed_ops *ops;
	bool clock_unknown;  /* times tell the order and nothing else */
	bool stacks_unknown; /* they were asked for and can't be recorded */
};

extern const struct feed_ops feed_perf, feed_ring;

#endif
