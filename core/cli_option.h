/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options, between the parser (cli.c), the handlers (cli_options.c) and the help. */
#ifndef CAPTRACE_CLI_OPTION_H
#define CAPTRACE_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct cli;
struct cli_option;
struct err;

#define CLI_OPTIONS_MAX 48

/* What is only needed while parsing. */
struct cli_state {
	struct cli *cli;
	char **argv;
	bool audit_only;
	/* Of each option that takes a list: all that was given, comma-separated. */
	char *lists[CLI_OPTIONS_MAX];
};

struct cli_option {
	const char *group; /* heading in the help before this row, or NULL */
	const char *name;  /* long name */
	char letter;       /* short name, or 0 */
	const char *arg;   /* what it takes, as the help has it; NULL: nothing */
	bool optional;     /* the argument is */
	const char *help;
	int (*set)(struct cli_state *st, const char *arg, struct err *e);
	/* A list: repeating it adds to it. Then `set` is called once, with all of it. */
	bool list;
	const char *column; /* a list that is short for a filter on this column; no `set` */
};

extern const struct cli_option cli_options[];
extern const size_t cli_options_len;

/* Both print to stdout. */
void cli_help(void);
void cli_help_columns(void);

#endif
