/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: from what the user asks for, decides which fields a run needs, what the kernel may
 * count, and whether a variant gives enough. Nothing here opens or changes anything.
 */
#ifndef CAPTRACE_CORE_SESSION_PLAN_H
#define CAPTRACE_CORE_SESSION_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct advise_cfg;
struct backend_cfg;
struct backend_ops;
struct cap_origin;
struct column;
struct err;
struct filter;
struct sink_ops;

/* What the user asks for. All of it is borrowed until the run is over. */
struct plan_request {
	/* How checks are shown */
	const struct sink_ops *sink;
	const struct column *const *cols; /* for sinks that don't show the whole event */
	size_t cols_len;
	bool kstack; /* show the kernel's stack, too */
	const struct advise_cfg *advise;
	/* Which checks are shown */
	const struct filter *filter;
	bool unaudited;    /* show unaudited checks, too */
	bool unique;       /* show each combination once, with its count */
	bool hide_startup; /* leave out the start-up of containers and units */
	/*
	 * Whose checks are shown: the command's, those of processes, or those in recordings; else
	 * the whole machine's
	 */
	char *const *command; /* argv, NULL-terminated; or NULL */
	const pid_t *pids;    /* in captrace's PID namespace */
	size_t pids_len;
	bool follow; /* trace the processes' descendants, too */
	char *const *files;
	size_t files_len;
	/* How they are traced */
	const char *backend;  /* "auto", "bpf", "bpf:fexit" */
	const char *btf_path; /* or NULL */
	size_t buffer_size;   /* bytes; 0: the backend's choice */
};

/* A command that was forked and is held before its exec; pid 0: there is none. */
struct plan_command {
	pid_t pid;
	const char *path; /* the file that it will execute */
};

/* The FIELD() bits that the filter or the output needs, FIELDS_EXTRA among them. */
uint64_t plan_fields(const struct plan_request *q);

/* Whether containers and units have to be looked up. Recordings already contain them. */
bool plan_needs_identity(const struct plan_request *q);

/*
 * Whether the kernel may deliver one check of each combination and count the others. It may not if
 * the filter needs any other field, because the filter then has to see each check.
 */
bool plan_counts_unique(const struct plan_request *q);

/* The same for a sink that takes aggregates, which is advice, unless subjects are users. */
bool plan_aggregates(const struct plan_request *q);

/* The variants that may be tried, in the form that backend_search takes. */
const char *plan_spec(const struct plan_request *q);

/* Sets all of @cfg except `variant` and `cgroups`. It points into @q and @command. */
void plan_backend(const struct plan_request *q, const struct plan_command *command,
		  struct backend_cfg *cfg);

/*
 * Checks that the fields @given, by @variant ("bpf:fexit") and identity, are enough to decide the
 * filter: a rule on a field that is never given would silently drop everything, or nothing. -EINVAL
 * with a message that names the missing field and the variant of @table that gives it.
 */
int plan_check_filter(const struct filter *f, uint64_t given, const char *variant,
		      const struct backend_ops *const *table, struct err *e);

/* Describes what is traced, in the terms of a recording's origin. */
void plan_describe(const struct plan_request *q, uint64_t given, const char *variant,
		   const struct plan_command *command, struct cap_origin *origin);

#endif
