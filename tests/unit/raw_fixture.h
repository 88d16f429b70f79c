/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads what tests/tools/record-raw recorded on a kernel: raw records of captrace's probes, and the
 * checks that they have to decode to.
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
#define RAW_PAGE   4096 /* bytes of a page on amd64 and i386 */

struct raw_want {
	struct cap_event ev; /* its system call is in .syscall below */
	char syscall[16];
	int ret;
};

struct raw_probe {
	int id;
	struct hook_decoder dec;
};

/* A file of the recording. */
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
	/* Set by raw_fixture_take(): */
	size_t seen, quiet; /* number of checks so far; of calls that made no check */
	size_t refused;     /* returns that were paired with a check that was denied */
	struct outcomes *outcomes;
};

/* @kernel: name of the recording; @machine: the kernel's architecture. */
void raw_fixture_load(struct raw_fixture *x, const char *kernel, const char *machine);
void raw_fixture_free(struct raw_fixture *x);

/* Decodes @r and compares it with the next expected check. Call it in order of time. */
void raw_fixture_take(void *x, const struct feed_record *r);

/* Verifies that all expected checks were seen. */
void raw_fixture_complete(const struct raw_fixture *x);

/* The probe that made the record @r; NULL: none of them. */
const struct raw_probe *raw_fixture_probe(const struct raw_fixture *x, const struct feed_record *r);

#endif
