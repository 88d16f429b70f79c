/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of subcommands and options, which the parser (cli.c), the handlers (options.c and
 * options_*.c) and the help (help.c) share.
 */
#ifndef CAPTRACE_CORE_CLI_OPTION_H
#define CAPTRACE_CORE_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct cli;
struct cli_build;
struct cli_option;
struct err;
struct sink_ops;

#define CLI_OPTIONS_MAX 80

/* Bits for the subcommands that take an option. */
enum {
	CLI_TRACE = 1 << 0,
	CLI_RECORD = 1 << 1,
	CLI_REPLAY = 1 << 2,
	CLI_ADVISE = 1 << 3,
	CLI_DOCTOR = 1 << 4,
};

#define CLI_LIVE   (CLI_TRACE | CLI_RECORD | CLI_ADVISE)
#define CLI_ANY    (~0U)
#define CLI_EVENTS (CLI_ANY & ~(unsigned int)CLI_DOCTOR) /* all that process checks */

/* A subcommand. The first row is the default, for a command line without a subcommand. */
struct cli_command {
	const char *name;
	unsigned int bit;
	const char *usage;           /* after "captrace" */
	const char *help;            /* one paragraph, wrapped when printed */
	const struct sink_ops *sink; /* NULL: -o chooses it */
	bool files;                  /* takes FILE operands */
	bool command;                /* takes -- COMMAND */
	bool unaudited;              /* includes unaudited checks without --all */
	/* Checks what a single option cannot; NULL: nothing to check. */
	int (*check)(const struct cli *cli, struct err *e);
};

extern const struct cli_command cli_commands[];
extern const size_t cli_commands_len;

/* NULL if there is no such subcommand. */
const struct cli_command *cli_command_find(const char *name);

/* State that is needed only while parsing. */
struct cli_state {
	struct cli *cli;
	const struct cli_build *build;
	char **argv; /* what follows the current option */
	bool audit_only;
	/* For each option that takes a list: all values given, comma-separated. */
	char *lists[CLI_OPTIONS_MAX];
};

struct cli_option {
	const char *group; /* heading before this row in the help, or NULL */
	/* CLI_* bits of the subcommands that take it; 0: CLI_LIVE. */
	unsigned int commands;
	const char *name; /* long name */
	char letter;      /* short name, or 0 */
	const char *arg;  /* its argument in the help; NULL: takes none */
	bool optional;    /* the argument is optional */
	const char *help; /* one paragraph, wrapped when printed */
	int (*set)(struct cli_state *st, const char *arg, struct err *e);
	/* Takes a list; repeating the option adds to it, and `set` is called once with all of it. */
	bool list;
	const char *column; /* the list is a filter on this column; there is no `set` */
};

extern const struct cli_option cli_options[];
extern const size_t cli_options_len;

static inline bool cli_option_of(const struct cli_option *o, const struct cli_command *cmd)
{
	return (o->commands ? o->commands : CLI_LIVE) & cmd->bit;
}

/* Sets cli->cols to the default columns unless -o columns= has set it. */
int cli_default_columns(struct cli *cli, struct err *e);

/* Both print to stdout. */
void cli_help(const struct cli_command *cmd);
void cli_help_columns(void);

#endif
