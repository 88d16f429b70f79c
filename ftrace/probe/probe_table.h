/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of probes that a backend has defined. It finds the probe that made a record. */
#ifndef CAPTRACE_FTRACE_PROBE_PROBE_TABLE_H
#define CAPTRACE_FTRACE_PROBE_PROBE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ftrace/probe/hook.h"

struct calibration;
struct err;
struct feed_record;
struct probe_context;

/* A defined probe, or a tracepoint of the kernel. */
struct probe {
	char system[64], event[64];
	int id;
	int cpu; /* the only CPU it is for; -1: all */
	struct hook_decoder dec;
};

/* What a backend wants from its probes' records. */
struct probe_cfg {
	uint64_t fields;               /* FIELD() bits */
	uint64_t caps;                 /* bits of the capabilities that the kernel knows; 0: all */
	bool compute;                  /* captrace computes verdicts */
	bool pair;                     /* records are paired with those of returns */
	bool pin_uid;                  /* a filter uses the uid */
	const struct calibration *cal; /* outlives the probe; NULL: records are not decoded */
};

/* Zeroed: an empty table. */
struct probe_table {
	struct probe *probes; /* defining a probe may move them */
	size_t len, room;
	uint16_t *by_id; /* by a trace event's id: the index of its probe plus 1; 0: none */
};

/*
 * Defines the probe on @hook for @cpu (-1: for all CPUs, without data of the task). @ctx outlives
 * the probe. Returns the probe's index, or a negative errno with the kernel's reason in @e.
 */
int probe_table_define(struct probe_table *t, const struct probe_context *ctx, enum hook hook,
		       int cpu, const struct probe_cfg *cfg, struct err *e);

/* The probe that made the record @r, or NULL. */
const struct probe *probe_table_of(const struct probe_table *t, const struct feed_record *r);

/* Removes all probes and empties the table. Feeds that use the probes must have been closed. */
void probe_table_clear(struct probe_table *t, const struct probe_context *ctx);

#endif
