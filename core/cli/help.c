// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "core/cli/option.h"
#include "core/event/column.h"

#define HELP_AT 32

static void print_help(int at, const char *help)
{
	const char *line;

	/* Its lines one under the other. */
	for (line = strchr(help, '\n'); line; line = strchr(help, '\n')) {
		printf("%.*s\n%*s", (int)(line - help), help, at, "");
		help = line + 1;
	}
	printf("%s\n", help);
}

/* Cells that UTF-8 text takes: "…" is the only character in the help past ASCII. */
static int cells(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void print_option(const struct cli_option *o)
{
	int at = 6;

	if (o->letter)
		printf("  -%c, --%s", o->letter, o->name);
	else
		printf("      --%s", o->name);
	at += 2 + cells(o->name);
	if (o->arg) {
		printf(o->optional ? "[=%s]" : " %s", o->arg);
		at += cells(o->arg) + (o->optional ? 3 : 1);
	}
	if (at > HELP_AT - 2) {
		printf("\n");
		at = 0;
	}
	printf("%*s", HELP_AT - at, "");
	print_help(HELP_AT, o->help);
}

static void print_commands(const struct cli_command *cmd)
{
	if (cmd != cli_commands || cli_commands_len < 2)
		return;
	for (size_t i = 1; i < cli_commands_len; i++)
		printf("       captrace %s %s\n", cli_commands[i].name, cli_commands[i].usage);
}

void cli_help(const struct cli_command *cmd)
{
	const char *group = NULL;

	printf("Usage: captrace%s%s %s\n", cmd == cli_commands ? "" : " ",
	       cmd == cli_commands ? "" : cmd->name, cmd->usage);
	print_commands(cmd);
	printf("\n%s", cmd->help);
	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];

		group = o->group ? o->group : group;
		if (!cli_option_of(o, cmd))
			continue;
		if (group)
			printf("\n%s:\n", group);
		group = NULL;
		print_option(o);
	}
	printf("\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 no backend works here; with "
	       "COMMAND\n"
	       "its own, 125 captrace failed, 126 COMMAND can't be run, 127 there is no such "
	       "command.\n");
	if (cmd->bit == CLI_ADVISE)
		printf("Before these: 4 more is needed than --expect allows, 5 the advice is "
		       "incomplete.\n");
}

void cli_help_columns(void)
{
	char heading[32];

	printf("Columns, in the order of JSON's keys; * marks the default ones. Any case.\n\n"
	       "  %-14s %-14s %-21s %s\n",
	       "NAME", "IN JSON", "HEADING", "WHAT IT IS");
	for (size_t i = 0; i < columns_len; i++) {
		const struct column *col = &columns[i];

		printf("%c %-14s %-14s %-21s %s\n", col->shown ? '*' : ' ', col->name, col->key,
		       column_heading(col, heading, sizeof(heading)), col->help);
	}
	printf("\nHeadings and JSON's keys are names, too, and:\n");
	for (size_t i = 0; i < columns_len; i++)
		if (columns[i].alias)
			printf("  %-14s %s\n", columns[i].name, columns[i].alias);
	for (size_t i = 0; i < columns_extra_len; i++)
		printf("  %-14s %s\n", columns_extra[i].name, columns_extra[i].help);
	printf("\nA value that could not be known is - in columns and null in JSON.\n");
}
