/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out what this kernel supports, by trying: versions say little, because features are
 * backported. One table lists all features. Each is probed when it is first asked for, and the
 * answer is kept.
 *
 * The caller keeps the answers, in a struct features that starts as zeros. So backends, threads and
 * tests share no state; probing again is cheap.
 */
#ifndef CAPTRACE_COMPAT_HOST_FEATURES_H
#define CAPTRACE_COMPAT_HOST_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

enum feature {
	FEATURE_BTF,
	FEATURE_LOCKDOWN,
	FEATURE_USER_NS,
	FEATURE_PERF_EVENTS,
	FEATURE_KPROBE_EVENTS,
	FEATURE_KPROBE_PMU,
	FEATURE_CAP_TRACEPOINT,
	FEATURE_TRACEPOINT_SRCU,
	FEATURE_BPF,
	FEATURE_BPF_KPROBE,
	FEATURE_BPF_GLOBAL_DATA,
	FEATURE_BPF_MMAP,
	FEATURE_BPF_RINGBUF,
	FEATURE_BPF_MEMCG,
	FEATURES
};

enum feature_answer {
	FEATURE_UNASKED,
	FEATURE_UNKNOWN, /* it can't be found out: no privilege, no tracefs, no BTF, … */
	FEATURE_NO,
	FEATURE_YES,
};

struct features {
	/* Set these before the first question. */
	const char *root;    /* prefix of /proc and /sys, for tests; NULL: none */
	const char *tracefs; /* its mount point; NULL: features that need it are unknown */
	/* enum feature_answer */
	uint8_t answers[FEATURES];
};

/* A row of the table. */
struct feature_info {
	const char *name;    /* as -vv shows it */
	const char *what;    /* a description in a few words */
	const char *version; /* of Linux, which introduced it */
	const char *commit;  /* which introduced it; NULL: not known */
	const char *config;  /* the option that it needs, or NULL */
	/* An environment variable that makes the kernel appear to lack it, for tests; or NULL. */
	const char *lack_by;
	/*
	 * Returns FEATURE_UNKNOWN, FEATURE_NO or FEATURE_YES; feature_ask() calls it once. It may
	 * ask for other features.
	 */
	enum feature_answer (*probe)(struct features *f);
};

/* Never FEATURE_UNASKED. */
enum feature_answer feature_ask(struct features *f, enum feature feature);

/* Whether the kernel is known to have @feature. */
bool feature_has(struct features *f, enum feature feature);

/* Whether the kernel is known to lack @feature. If it is unknown, both are false. */
bool feature_lacks(struct features *f, enum feature feature);

/* The row of @feature, which is valid for the life of the program. */
const struct feature_info *feature_info(enum feature feature);

#endif
