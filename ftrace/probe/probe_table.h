/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes on hooks that are defined in the kernel, and which record is of which. */
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

/* A defined probe, or a tracepoint of the kernel's. */
struct probe {
	char system[64], event[64];
	int id;
	int cpu; /* the one it is for, or -1 */
	struct hook_decoder dec;
};

/* What is wanted of a probe's records. */
struct probe_cfg {
	uint64_t fields;               /* FIELD() bits */
	uint64_t caps;                 /* bits of the capabilities that the kernel knows; 0: all */
	bool compute;                  /* verdicts are computed */
	bool pair;                     /* with a return */
	bool pin_uid;                  /* a filter names the uid */
	const struct calibration *cal; /* outlives the probe; NULL: no events are made of records */
};

/* Zeroed at first. */
struct probe_table {
	struct probe *probes; /* moves when one is defined */
	size_t len, room;
	uint16_t *by_id; /* of a trace event: index of its probe and 1, or 0 */
};

/*
 * Defines the probe of @hook for @cpu (-1: for any, without the task); @ctx outlives it. Returns
 * its index or a negative errno with the kernel's reason.
 */
int probe_table_define(struct probe_table *t, const struct probe_context *ctx, enum hook hook,
		       int cpu, const struct probe_cfg *cfg, struct err *e);

/* The probe that a record is of, or NULL. */
const struct probe *probe_table_of(const struct probe_table *t, const struct feed_record *r);

/* Forgets and removes all. Whoever reads them has to be gone. */
void probe_table_clear(struct probe_table *t, const struct probe_context *ctx);

#endif
