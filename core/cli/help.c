// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "core/cli/option.h"
#include "core/event/column.h"

#define HELP_AT 32
#define WIDTH   80

#define EXIT_CODES "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 no backend works here."
#define EXIT_CODES_COMMAND                                                                       \
	"With COMMAND: its exit code, 125 captrace failed, 126 COMMAND cannot be executed, 127 " \
	"COMMAND was not found."

/* Prints @text and a newline, in lines that begin at @at; the first one is there already. */
static void print_wrapped(int at, const char *text)
{
	int used = at;

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (used > at && used + 1 + len > WIDTH) {
			printf("\n%*s", at, "");
			used = at;
		}
		used += printf("%s%.*s", used > at ? " " : "", len, text);
		text += len;
		text += *text == ' ';
	}
	printf("\n");
}

/* Terminal cells of UTF-8 text; "…" is the only character in the help that is not ASCII. */
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
	print_wrapped(HELP_AT, o->help);
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
	printf("\n");
	print_wrapped(0, cmd->help);
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
	printf("\n");
	print_wrapped(0, cmd->command ? EXIT_CODES " " EXIT_CODES_COMMAND : EXIT_CODES);
	if (cmd->bit == CLI_ADVISE)
		print_wrapped(0, "These take precedence: 4 more is needed than --expect allows, 5 "
				 "the advice is incomplete.");
}

static void print_column(const struct column *col)
{
	printf("%c %-14s %-14s ", col->shown ? '*' : ' ', col->name, col->key);
	print_wrapped(HELP_AT, col->help);
}

static void print_other_names(const struct column *col)
{
	const char *alias = col->alias ? col->alias : "";
	const char *heading = col->heading && !strcasestr(alias, col->heading) ? col->heading : "";

	if (*alias || *heading)
		printf("  %-14s %s%s%s\n", col->name, alias, *alias && *heading ? "," : "",
		       heading);
}

void cli_help_columns(void)
{
	printf("Columns in the order of JSON's keys; * marks the default ones. Upper and lower\n"
	       "case are the same.\n\n  %-14s %-14s %s\n",
	       "NAME", "IN JSON", "MEANING");
	for (size_t i = 0; i < columns_len; i++)
		print_column(&columns[i]);
	printf("\nThe names in JSON are accepted too, and these:\n");
	for (size_t i = 0; i < columns_len; i++)
		print_other_names(&columns[i]);
	for (size_t i = 0; i < columns_extra_len; i++)
		printf("  %-14s %s\n", columns_extra[i].name, columns_extra[i].help);
	printf("\nAn unknown value is - in columns and null in JSON.\n");
}
