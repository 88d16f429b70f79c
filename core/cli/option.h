/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of subcommands and options, between the parser (cli.c), the handlers (options.c and options_*.c)
 * and the help.
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

/* Subcommands, as bits: which of them take an option. */
enum {
	CLI_TRACE = 1 << 0,
	CLI_RECORD = 1 << 1,
	CLI_REPLAY = 1 << 2,
	CLI_ADVISE = 1 << 3,
	CLI_DOCTOR = 1 << 4,
};

#define CLI_LIVE   (CLI_TRACE | CLI_RECORD | CLI_ADVISE)
#define CLI_ANY    (~0U)
#define CLI_EVENTS (CLI_ANY & ~(unsigned int)CLI_DOCTOR) /* what looks at checks */

/* What `captrace WORD` does; the first row is what it does without a word. */
struct cli_command {
	const char *name;
	unsigned int bit;
	const char *usage;           /* after "captrace" */
	const char *help;            /* what it does: lines as they are printed */
	const struct sink_ops *sink; /* NULL: what -o says */
	bool files;                  /* takes FILE operands */
	bool command;                /* takes -- COMMAND */
	bool unaudited;              /* unaudited checks too, without --all */
	/* What no single option can tell is wrong; NULL: nothing. */
	int (*check)(const struct cli *cli, struct err *e);
};

extern const struct cli_command cli_commands[];
extern const size_t cli_commands_len;

/* NULL if there is none of that name. */
const struct cli_command *cli_command_find(const char *name);

/* What is only needed while parsing. */
struct cli_state {
	struct cli *cli;
	const struct cli_build *build;
	char **argv;
	bool audit_only;
	/* Of each option that takes a list: all that was given, comma-separated. */
	char *lists[CLI_OPTIONS_MAX];
};

struct cli_option {
	const char *group; /* heading in the help before this row, or NULL */
	/* CLI_* bits of the subcommands that take it; 0: all that trace a kernel (CLI_LIVE). */
	unsigned int commands;
	const char *name; /* long name */
	char letter;      /* short name, or 0 */
	const char *arg;  /* what it takes, as the help has it; NULL: nothing */
	bool optional;    /* the argument is */
	const char *help;
	int (*set)(struct cli_state *st, const char *arg, struct err *e);
	/* A list: repeating it adds to it. Then `set` is called once, with all of it. */
	bool list;
	const char *column; /* a list that is short for a filter on this column; no `set` */
};

extern const struct cli_option cli_options[];
extern const size_t cli_options_len;

static inline bool cli_option_of(const struct cli_option *o, const struct cli_command *cmd)
{
	return (o->commands ? o->commands : CLI_LIVE) & cmd->bit;
}

/* Sets cli->cols to what is shown without -o columns=. */
int cli_default_columns(struct cli *cli, struct err *e);

/* Both print to stdout. */
void cli_help(const struct cli_command *cmd);
void cli_help_columns(void);

#endif
