/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private tracefs instance: its own ring, event switches, clock and list of traced threads. */
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
	const char *prefix; /* of its name */
	int cpu; /* reads that CPU only, and where the kernel can, records no other; -1: all */
	const struct cpus *online;
	int cpus_len; /* of all that could be */
	size_t size;  /* bytes of ring a CPU */
	pid_t pid;    /* only this process and what it forks; 0: all */
};

/* @clock_unknown is set if the kernel has no clock that can be compared with the wall's. */
int ring_instance_open(struct ring_instance **i, const struct ring_instance_cfg *cfg,
		       bool *clock_unknown, struct err *e);

/* What is not read yet is lost. */
void ring_instance_close_pipes(struct ring_instance *i);

/*
 * Removes it, if the kernel does so now: all of this process's pipes, of all instances, should be
 * closed. If not, it is left to whoever calls instances_remove() (ftrace/feed/instances.h).
 */
void ring_instance_close(struct ring_instance *i);

/* Records of its events' kernel stacks from now on. */
int ring_instance_add_stacks(struct ring_instance *i, struct err *e);

/* One that came up later. */
int ring_instance_add_cpu(struct ring_instance *i, int cpu, size_t size, struct err *e);

/*
 * Whether an event's filter is the same for all instances (3.10), so that only captrace's own events
 * may get one. Tried with an event of its own, which is not switched on yet; NULL: assumes it.
 */
bool ring_instance_shares_filters(struct ring_instance *i, const char *system, const char *event);

int ring_instance_filter(struct ring_instance *i, const char *system, const char *event,
			 const char *filter, struct err *e);

/* Switches an event on or off. */
int ring_instance_enable(struct ring_instance *i, const char *system, const char *event, bool on);

int ring_instance_cpu(const struct ring_instance *i);

/*
 * Reads one sub-buffer of @cpu into @page. Returns its bytes, 0 if there is nothing, or a negative
 * errno. Never waits.
 */
int ring_instance_read(struct ring_instance *i, int cpu, void *page, size_t size);

/* What didn't fit, as the kernel counts it. */
uint64_t ring_instance_lost(const struct ring_instance *i);

#endif
