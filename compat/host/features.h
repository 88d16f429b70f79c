/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this kernel can do, asked by trying it: a version says little, because features are taken
 * back into older kernels. One table holds all of them; a feature is probed when it is first asked
 * about, and its answer is kept.
 *
 * The answers are kept by whoever asks, in a struct features of its own that starts as zeros. So no
 * state is shared between backends, threads or tests; to probe once more is cheap.
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
	FEATURE_UNKNOWN, /* nobody can tell: for want of privilege, of tracefs, of BTF, … */
	FEATURE_NO,
	FEATURE_YES,
};

struct features {
	/* Set these before the first question. */
	const char *root;    /* in front of /proc and /sys, for tests; NULL: nothing */
	const char *tracefs; /* its folder; NULL: what only that tells is unknown */
	/* enum feature_answer */
	uint8_t answers[FEATURES];
};

/* A row of the table. */
struct feature_info {
	const char *name;    /* as -vv shows it */
	const char *what;    /* in a few words */
	const char *version; /* of Linux, that brought it */
	const char *commit;  /* the same; NULL: not known */
	const char *config;  /* without which the kernel lacks it, or NULL */
	/* An environment variable that makes the kernel appear to lack it, for tests; or NULL. */
	const char *lack_by;
	/* FEATURE_UNKNOWN, _NO or _YES; feature_ask() calls it once. May ask about other features. */
	enum feature_answer (*probe)(struct features *f);
};

/* Never FEATURE_UNASKED. */
enum feature_answer feature_ask(struct features *f, enum feature feature);

/* Whether it is known to be there. */
bool feature_has(struct features *f, enum feature feature);

/* Whether it is known to be missing: neither is true of what is unknown. */
bool feature_lacks(struct features *f, enum feature feature);

/* Lives as long as the program. */
const struct feature_info *feature_info(enum feature feature);

#endif
