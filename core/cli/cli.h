/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line. Subcommands are one table in commands.c, options one in options.c: name,
 * argument, help, the subcommands that take it and a handler a row; the parser, --help and the
 * diagnostics come from them.
 */
#ifndef CAPTRACE_CORE_CLI_CLI_H
#define CAPTRACE_CORE_CLI_CLI_H

#include <sys/types.h>

#include "core/advise/advise.h"
#include "core/event/column.h"
#include "core/event/filter.h"
#include "core/sink.h"

struct backend_ops;
struct cli_command;
struct err;
struct overhead;
struct pending_target;
struct run_cfg;

/* How the targets were specified. */
enum {
	CLI_BY_CONTAINER = 1 << 0,
	CLI_BY_POD = 1 << 1,
	CLI_BY_LABEL = 1 << 2,
	CLI_BY_UNIT = 1 << 3,
};

struct cli {
	const struct cli_command *cmd;
	char **files; /* operands */
	size_t files_len;
	/* Output */
	const struct sink_ops *sink;
	const char *file;           /* where it goes; NULL or "-": standard output */
	const struct column **cols; /* what `columns` shows */
	size_t cols_len;
	bool no_header;
	bool print_stack;
	struct advise_cfg advise;
	/* What to trace */
	const char *backend;
	const char *btf_path;
	size_t buffer_size; /* bytes; 0: the backend's choice */
	pid_t *pids;
	size_t pids_len;
	bool follow;
	bool unaudited; /* --all */
	struct filter *filter;
	unsigned int by;                /* CLI_BY_* bits */
	struct pending_target *pending; /* the names that were given; NULL: none */
	bool unique;
	bool startup;              /* what comes before a container's or unit's own program, too */
	const char *host_root;     /* "" or in place of "/" */
	struct overhead *overhead; /* NULL: nobody asks */
	/* How long */
	uint64_t timeout_ns; /* 0: no end */
	uint64_t max_events; /* 0: no end */
	/* The command */
	const char *user;
	char **command;     /* argv, NULL-terminated; NULL: none */
	const char *bundle; /* doctor's: a file that isn't there yet, or "-"; NULL: nobody asks */
	/* Already answered (--help, --version): nothing more to do. */
	bool answered;
};

/* What this build has, for --backend and --version. */
struct cli_build {
	const struct backend_ops *const *backends; /* as core/backend.h has it */
	void (*print)(void);                       /* a line of each part that can be left out */
};

/*
 * Parses @argv. 0, or -EINVAL with @e naming what is wrong and what would be right; cli_free() is
 * due in both cases. Sets log_level for -v.
 */
int cli_parse(struct cli *cli, const struct cli_build *build, int argc, char **argv, struct err *e);
void cli_free(struct cli *cli);

/*
 * Whether a container's or unit's start-up is to be left out: it is where these are what was asked
 * for, unless the options say otherwise.
 */
bool cli_hides_startup(const struct cli *cli);

/* What a run is to do. It points into @cli. */
void cli_run_cfg(const struct cli *cli, struct run_cfg *cfg);

#endif
