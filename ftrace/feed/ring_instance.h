/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private tracefs instance: its own rings, enabled events, clock and list of traced threads. */
#ifndef CAPTRACE_FTRACE_FEED_RING_INSTANCE_H
#define CAPTRACE_FTRACE_FEED_RING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ftrace/feed/cpus.h"

struct err;
struct ring_instance;

struct ring_instance_cfg {
	const char *prefix; /* of the instance's name */
	int cpu;            /* read this CPU only, and record no other if the kernel can; -1: all */
	const struct cpus *online;
	int cpus_len; /* one past the highest possible CPU */
	size_t size;  /* bytes of each CPU's ring */
	pid_t pid;    /* record only this process and its descendants; 0: all */
};

/* Sets @clock_unknown if the kernel's trace clocks cannot be converted to wall-clock time. */
int ring_instance_open(struct ring_instance **i, const struct ring_instance_cfg *cfg,
		       bool *clock_unknown, struct err *e);

/* Unread records are lost. */
void ring_instance_close_pipes(struct ring_instance *i);

/*
 * Removes the instance if the kernel allows it. The caller should have closed all pipes of this
 * process, of all instances. An instance that remains is left to instances_remove()
 * (ftrace/feed/instances.h).
 */
void ring_instance_close(struct ring_instance *i);

/* Records kernel stacks with the instance's events from now on. */
int ring_instance_add_stacks(struct ring_instance *i, struct err *e);

/* Opens the ring of a CPU that came up. Does nothing if it is open already. */
int ring_instance_add_cpu(struct ring_instance *i, int cpu, size_t size, struct err *e);

/*
 * Whether an event's filter applies to all instances (3.10). Then only captrace's own events may be
 * filtered. Tries it with @event, one of captrace's own that is not enabled yet; @system NULL:
 * there is no such event, and kernels that may share filters are assumed to do so.
 */
bool ring_instance_shares_filters(struct ring_instance *i, const char *system, const char *event);

int ring_instance_filter(struct ring_instance *i, const char *system, const char *event,
			 const char *filter, struct err *e);

/* Switches an event on or off. */
int ring_instance_enable(struct ring_instance *i, const char *system, const char *event, bool on);

int ring_instance_cpu(const struct ring_instance *i);

/*
 * Reads one sub-buffer of @cpu into @page. Returns its bytes, 0 if there is none, or a negative
 * errno. Does not block.
 */
int ring_instance_read(struct ring_instance *i, int cpu, void *page, size_t size);

/* Records that did not fit into the rings, as counted by the kernel. */
uint64_t ring_instance_lost(const struct ring_instance *i);

#endif
