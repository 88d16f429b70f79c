/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests/tools/record-raw recorded on a kernel: raw records of captrace's probes, and which
 * checks they are of.
 */
#ifndef CAPTRACE_TESTS_UNIT_RAW_FIXTURE_H
#define CAPTRACE_TESTS_UNIT_RAW_FIXTURE_H

#include "compat/layout/layout.h"
#include "core/event/event.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/hook.h"

#define RAW_CPUS   2
#define RAW_PROBES 5
#define RAW_WANTS  32
#define RAW_PAGE   4096 /* of amd64 and i386 */

struct raw_want {
	struct cap_event ev; /* syscall: name below */
	char syscall[16];
	int ret;
};

struct raw_probe {
	int id;
	struct hook_decoder dec;
};

/* Bytes of a recording. */
struct raw_bytes {
	unsigned char *data;
	size_t size;
};

struct raw_fixture {
	char dir[128];
	struct layout layout;
	struct calibration cal;
	struct raw_probe probes[RAW_PROBES];
	struct raw_want wants[RAW_WANTS];
	size_t wants_len;
	struct raw_bytes perf[RAW_CPUS], ring[RAW_CPUS];
	/* What raw_fixture_take() made of records: */
	size_t seen, quiet; /* the checks, in order; calls that asked nothing */
	size_t refused;     /* returns that were paired with a check that was denied */
	struct outcomes *outcomes;
};

/* @machine: the kernel's. */
void raw_fixture_load(struct raw_fixture *x, const char *kernel, const char *machine);
void raw_fixture_free(struct raw_fixture *x);

/* A record, in order of time: decodes it and holds it against the next check that was made. */
void raw_fixture_take(void *x, const struct feed_record *r);

/* All that was asked has been taken. */
void raw_fixture_complete(const struct raw_fixture *x);

/* The one that a record is of; NULL: none of them. */
const struct raw_probe *raw_fixture_probe(const struct raw_fixture *x, const struct feed_record *r);

#endif
