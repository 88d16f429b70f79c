/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run needs, from what the user asks for: the fields, what the kernel may count, and whether
 * what a variant gives is enough. Nothing here opens or changes anything.
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

/* What the user asks for. All of it is borrowed, until the run is over. */
struct plan_request {
	/* What is shown of a check */
	const struct sink_ops *sink;
	const struct column *const *cols; /* if the sink doesn't show the whole event */
	size_t cols_len;
	bool kstack; /* the kernel's stack, too */
	const struct advise_cfg *advise;
	/* Which checks */
	const struct filter *filter;
	bool unaudited;    /* unaudited ones, too */
	bool unique;       /* one of each combination, with their number */
	bool hide_startup; /* not those that a container's or unit's start-up makes */
	/* Whose: the command's, the processes', or those in the recordings; else the machine's */
	char *const *command; /* argv, NULL-terminated; or NULL */
	const pid_t *pids;    /* in captrace's PID namespace */
	size_t pids_len;
	bool follow; /* the processes' descendants, too */
	char *const *files;
	size_t files_len;
	/* By what */
	const char *backend;  /* "auto", "bpf", "bpf:fexit" */
	const char *btf_path; /* or NULL */
	size_t buffer_size;   /* bytes; 0: the backend's choice */
};

/* A command that is started and held before its exec; pid 0: there is none. */
struct plan_command {
	pid_t pid;
	const char *path; /* the file that it will execute */
};

/* The FIELD() bits that somebody will look at, FIELDS_EXTRA too. */
uint64_t plan_fields(const struct plan_request *q);

/* Whether containers and units have to be looked up: recordings have them. */
bool plan_needs_identity(const struct plan_request *q);

/*
 * Whether the kernel may deliver one check of each combination and count the others. Not if the filter
 * looks at anything else: then it has to see each check.
 */
bool plan_counts_unique(const struct plan_request *q);

/* The same for a sink that takes aggregates: advice, but not by user. */
bool plan_aggregates(const struct plan_request *q);

/* Which variants may be tried, as backend_search has it. */
const char *plan_spec(const struct plan_request *q);

/* Sets @cfg but for `variant` and `cgroups`. It points into @q and @command. */
void plan_backend(const struct plan_request *q, const struct plan_command *command,
		  struct backend_cfg *cfg);

/*
 * Whether the filter can be decided by the fields @given, by @variant ("bpf:fexit") and identity: one
 * on a field that is never there would silently drop everything, or nothing. -EINVAL names what can't
 * be told, and the variant of @table that can.
 */
int plan_check_filter(const struct filter *f, uint64_t given, const char *variant,
		      const struct backend_ops *const *table, struct err *e);

/* Describes the running kernel that is traced, in the words that a recording of it has. */
void plan_describe(const struct plan_request *q, uint64_t given, const char *variant,
		   const struct plan_command *command, struct cap_origin *origin);

#endif
