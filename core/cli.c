// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/cli_option.h"
#include "core/err.h"
#include "core/log.h"
#include "core/nearest.h"
#include "core/util.h"

/* getopt_long() returns this plus the row in cli_options. */
#define LONG_BASE 0x100

struct spec {
	struct option longs[CLI_OPTIONS_MAX + 1];
	char shorts[3 * CLI_OPTIONS_MAX + 3];
};

static void spec_init(struct spec *spec)
{
	/* "+": what follows the first word that is no option is not ours. ":": own diagnostics. */
	char *p = stpcpy(spec->shorts, "+:");

	memset(spec->longs, 0, sizeof(spec->longs));
	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];

		spec->longs[i].name = o->name;
		spec->longs[i].has_arg = !o->arg       ? no_argument
					 : o->optional ? optional_argument
						       : required_argument;
		spec->longs[i].val = LONG_BASE + (int)i;
		/* An optional argument is only for the long name: "-hv" is "-h -v". */
		if (o->letter)
			*p++ = o->letter;
		if (o->letter && o->arg && !o->optional)
			*p++ = ':';
	}
	*p = '\0';
}

/* The row of what getopt_long() returned or left in optopt; NULL if there is none. */
static const struct cli_option *option_of(int c)
{
	if (c >= LONG_BASE && (size_t)(c - LONG_BASE) < cli_options_len)
		return &cli_options[c - LONG_BASE];
	for (size_t i = 0; i < cli_options_len; i++)
		if (c && cli_options[i].letter == c)
			return &cli_options[i];
	return NULL;
}

static int unknown_option(const char *word, struct err *e)
{
	size_t len = strcspn(word, "="), begins = 0;
	char hint[64];
	struct nearest near;

	nearest_init(&near, word, len);
	for (size_t i = 0; i < cli_options_len; i++) {
		nearest_offer(&near, cli_options[i].name);
		begins += !strncmp(cli_options[i].name, word, len);
	}
	if (begins > 1)
		return err_set(e, -EINVAL, "--%.*s could be several options (captrace --help)",
			       (int)MIN(len, 64u), word);
	if (near.best) {
		snprintf(hint, sizeof(hint), "did you mean --%s?", near.best);
		return err_set(e, -EINVAL, "unknown option --%.*s (%s)", (int)MIN(len, 64u), word,
			       hint);
	}
	return err_set(e, -EINVAL, "unknown option --%.*s (captrace --help lists them)",
		       (int)MIN(len, 64u), word);
}

static int wrong_option(int c, const char *word, struct err *e)
{
	const struct cli_option *o = option_of(optopt);

	if (c == ':' && o)
		return err_set(e, -EINVAL, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	if (o && optopt >= LONG_BASE)
		return err_set(e, -EINVAL, "--%s takes no value", o->name);
	if (optopt)
		return err_set(e, -EINVAL, "unknown option -%c (captrace --help lists them)",
			       optopt);
	return unknown_option(word + 2, e);
}

static int list_append(char **list, const char *arg, struct err *e)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", *list ? *list : "", *list ? "," : "", arg) < 0)
		return err_set(e, -ENOMEM, "out of memory");
	free(*list);
	*list = joined;
	return 0;
}

static int set_option(struct cli_state *st, const struct cli_option *o, const char *arg,
		      struct err *e)
{
	int rc;

	if (o->list)
		rc = list_append(&st->lists[o - cli_options], arg, e);
	else
		rc = o->set(st, arg, e);
	if (rc)
		err_wrap(e, "--%s", o->name);
	return rc;
}

/* Options up to "--" or the first word that is none; sets @rest to what follows. */
static int parse_options(struct cli_state *st, int argc, char **argv, int *rest, struct err *e)
{
	struct spec spec;
	int c, before, rc;

	spec_init(&spec);
	/* glibc: start anew, whatever was parsed before. */
	optind = 0;
	opterr = 0;
	for (;;) {
		const struct cli_option *o;

		before = optind ? optind : 1;
		c = getopt_long(argc, argv, spec.shorts, spec.longs, NULL);
		if (c < 0)
			break;
		o = c == '?' || c == ':' ? NULL : option_of(c);
		if (!o)
			return wrong_option(c, argv[before], e);
		st->argv = argv + optind;
		rc = set_option(st, o, optarg, e);
		if (rc || st->cli->answered)
			return rc;
	}
	*rest = optind;
	/* Not argv[optind - 1]: that may be an option's value. */
	if (optind > before) {
		if (!argv[optind])
			return err_set(e, -EINVAL, "no command follows --");
		st->cli->command = argv + optind;
		*rest = argc;
	}
	return 0;
}

static int apply_lists(struct cli_state *st, struct err *e)
{
	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];
		int rc;

		if (!st->lists[i])
			continue;
		if (o->column)
			rc = filter_add_any(st->cli->filter, o->column, st->lists[i], e);
		else
			rc = o->set(st, st->lists[i], e);
		if (rc) {
			err_wrap(e, "--%s", o->name);
			return rc;
		}
	}
	return 0;
}

static int check_together(const struct cli_state *st, struct err *e)
{
	const struct cli *cli = st->cli;

	if (cli->unaudited && st->audit_only)
		return err_set(e, -EINVAL, "--all and --audit-only exclude each other");
	if (!cli->unaudited && !filter_allows_audit(cli->filter, true))
		return err_set(e, -EINVAL,
			       "--filter: it asks for unaudited checks alone, which take --all");
	if (cli->user && !cli->command)
		return err_set(e, -EINVAL, "--user is whom a command runs as: add -- COMMAND");
	if (cli->pids_len && cli->command)
		return err_set(e, -EINVAL,
			       "--pid and a command exclude each other: trace one or the other");
	if (cli->follow && !cli->pids_len)
		return err_set(e, -EINVAL, "--follow goes with --pid%s",
			       cli->command ? " (a command is always followed)" : "");
	return 0;
}

static int default_columns(struct cli *cli, struct err *e)
{
	if (cli->cols)
		return 0;
	cli->cols = calloc(columns_len, sizeof(*cli->cols));
	if (!cli->cols)
		return err_set(e, -ENOMEM, "out of memory");
	for (size_t i = 0; i < columns_len; i++)
		if (columns[i].shown)
			cli->cols[cli->cols_len++] = &columns[i];
	return 0;
}

static int parse(struct cli_state *st, int argc, char **argv, struct err *e)
{
	int rc, rest = argc;

	rc = parse_options(st, argc, argv, &rest, e);
	if (rc)
		return rc;
	if (st->cli->answered)
		return fflush(stdout) ? err_sys(e, -errno, "standard output") : 0;
	/* Subcommands will be looked up here: the first word that is no option. */
	if (rest < argc)
		return err_set(e, -EINVAL,
			       "'%s' is no option; put -- before a command: captrace -- %s",
			       argv[rest], argv[rest]);
	rc = apply_lists(st, e);
	if (!rc)
		rc = check_together(st, e);
	return rc ? rc : default_columns(st->cli, e);
}

int cli_parse(struct cli *cli, int argc, char **argv, struct err *e)
{
	struct cli_state st = {.cli = cli};
	int rc;

	memset(cli, 0, sizeof(*cli));
	log_level = 0;
	cli->backend = "auto";
	cli->sink = sinks[0];
	cli->filter = filter_new();
	if (!cli->filter)
		return err_set(e, -ENOMEM, "out of memory");
	rc = parse(&st, argc, argv, e);
	for (size_t i = 0; i < cli_options_len; i++)
		free(st.lists[i]);
	return rc;
}

void cli_free(struct cli *cli)
{
	filter_free(cli->filter);
	free(cli->cols);
	free(cli->pids);
	memset(cli, 0, sizeof(*cli));
}
