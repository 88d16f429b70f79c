/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the command line. The table in commands.c has a row for each subcommand, the one in
 * options.c a row for each option: name, argument, help, the subcommands that take it, a handler.
 * The parser, --help and the error messages are made from these tables.
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
	const char *file;           /* to write to; NULL or "-": standard output */
	const struct column **cols; /* for the output format `columns` */
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
	bool unaudited; /* show unaudited checks too: --all, or the subcommand's default */
	struct filter *filter;
	unsigned int by;                /* CLI_BY_* bits */
	struct pending_target *pending; /* targets that may not exist yet; NULL: none */
	bool unique;
	bool startup;              /* show a container's or unit's start-up too */
	const char *host_root;     /* put before paths in place of "/"; "": none */
	struct overhead *overhead; /* NULL: not asked for */
	/* How long */
	uint64_t timeout_ns; /* 0: no limit */
	uint64_t max_events; /* 0: no limit */
	/* The command */
	const char *user;
	char **command;     /* argv, NULL-terminated; NULL: none */
	const char *bundle; /* for doctor: a new file, or "-"; NULL: not asked for */
	/* --help or --version was printed: nothing more to do. */
	bool answered;
};

/* What this build contains, for --backend and --version. */
struct cli_build {
	const struct backend_ops *const *backends; /* as core/backend.h has it */
	void (*print)(void);                       /* prints a line for each optional part */
};

/*
 * Parses @argv into @cli and sets log_level (-v). Returns 0, or a negative errno with @e saying what
 * is wrong and what would be right (-EINVAL). The caller calls cli_free() in either case.
 */
int cli_parse(struct cli *cli, const struct cli_build *build, int argc, char **argv, struct err *e);
void cli_free(struct cli *cli);

/*
 * Whether to hide start-up: yes if the targets are containers, pods or units, unless --startup or a
 * filter on the column startup is given.
 */
bool cli_hides_startup(const struct cli *cli);

/* Fills in @cfg from @cli, into which it points. */
void cli_run_cfg(const struct cli *cli, struct run_cfg *cfg);

#endif
