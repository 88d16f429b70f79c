// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/nearest.h"
#include "core/base/util.h"
#include "core/cli/option.h"
#include "core/identity/pending_target.h"
#include "core/session/overhead.h"
#include "core/session/run.h"

/* getopt_long() returns this plus the row in cli_options. */
#define LONG_BASE 0x100

struct spec {
	struct option longs[CLI_OPTIONS_MAX + 1];
	char shorts[3 * CLI_OPTIONS_MAX + 3];
};

static void spec_init(struct spec *spec, const struct cli_command *cmd)
{
	/* "+": stop at the first word that is not an option. ":": getopt prints no messages itself. */
	char *p = stpcpy(spec->shorts, "+:");
	struct option *l = spec->longs;

	memset(spec->longs, 0, sizeof(spec->longs));
	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!cli_option_of(o, cmd))
			continue;
		l->name = o->name;
		l->has_arg = !o->arg       ? no_argument
			     : o->optional ? optional_argument
					   : required_argument;
		l->val = LONG_BASE + (int)i;
		l++;
		/* Only the long name takes an optional argument: "-hv" is "-h -v". */
		if (o->letter)
			*p++ = o->letter;
		if (o->letter && o->arg && !o->optional)
			*p++ = ':';
	}
	*p = '\0';
}

/* The row of the option that getopt_long() returned or left in optopt; NULL: there is none. */
static const struct cli_option *option_of(const struct cli_command *cmd, int c)
{
	if (c >= LONG_BASE && (size_t)(c - LONG_BASE) < cli_options_len)
		return &cli_options[c - LONG_BASE];
	for (size_t i = 0; i < cli_options_len; i++)
		if (c && cli_options[i].letter == c && cli_option_of(&cli_options[i], cmd))
			return &cli_options[i];
	return NULL;
}

/* "captrace advise", to be followed by --help; "captrace" for the first subcommand. */
static const char *called(const struct cli_command *cmd, char *buf, size_t size)
{
	snprintf(buf, size, "captrace%s%s", cmd == cli_commands ? "" : " ",
		 cmd == cli_commands ? "" : cmd->name);
	return buf;
}

/* -EINVAL if only other subcommands take the option of this whole @name, or of this @letter. */
static int others_option(const char *name, size_t len, char letter, struct err *e)
{
	char in[128] = "";
	size_t n = 0;

	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];

		if (name ? strncmp(o->name, name, len) || o->name[len] : o->letter != letter)
			continue;
		for (size_t j = 0; j < cli_commands_len; j++)
			if (cli_option_of(o, &cli_commands[j]) && n < sizeof(in))
				n += (size_t)snprintf(in + n, sizeof(in) - n, "%scaptrace %s",
						      n ? ", " : "", cli_commands[j].name);
	}
	if (!n)
		return 0;
	if (!name)
		return err_set(e, -EINVAL, "-%c is an option of %s", letter, in);
	return err_set(e, -EINVAL, "--%.*s is an option of %s", (int)len, name, in);
}

static int unknown_option(const struct cli_command *cmd, const char *word, struct err *e)
{
	size_t len = strcspn(word, "="), begins = 0;
	char own[32];
	struct nearest near;

	nearest_init(&near, word, len);
	for (size_t i = 0; i < cli_options_len; i++) {
		if (!cli_option_of(&cli_options[i], cmd))
			continue;
		nearest_offer(&near, cli_options[i].name);
		begins += !strncmp(cli_options[i].name, word, len);
	}
	if (begins > 1)
		return err_set(e, -EINVAL, "--%.*s is ambiguous (%s --help lists the options)",
			       (int)MIN(len, 64u), word, called(cmd, own, sizeof(own)));
	if (others_option(word, len, 0, e))
		return -EINVAL;
	if (near.best)
		return err_set(e, -EINVAL, "unknown option --%.*s (did you mean --%s?)",
			       (int)MIN(len, 64u), word, near.best);
	return err_set(e, -EINVAL, "unknown option --%.*s (%s --help lists the options)",
		       (int)MIN(len, 64u), word, called(cmd, own, sizeof(own)));
}

static int wrong_option(const struct cli_command *cmd, int c, const char *word, struct err *e)
{
	const struct cli_option *o = option_of(cmd, optopt);
	char own[32];

	if (c == ':' && o)
		return err_set(e, -EINVAL, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
	if (o && optopt >= LONG_BASE)
		return err_set(e, -EINVAL, "--%s takes no value", o->name);
	if (optopt && others_option(NULL, 0, (char)optopt, e))
		return -EINVAL;
	if (optopt)
		return err_set(e, -EINVAL, "unknown option -%c (%s --help lists the options)",
			       optopt, called(cmd, own, sizeof(own)));
	return unknown_option(cmd, word + 2, e);
}

static int list_append(char **list, const char *arg, struct err *e)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", *list ? *list : "", *list ? "," : "", arg) < 0)
		return err_nomem(e);
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

static int unexpected(const struct cli *cli, const char *word, struct err *e)
{
	char own[32], hint[64];
	struct nearest near;

	if (cli_command_find(word))
		return err_set(e, -EINVAL, "'%s' must be the first argument: captrace %s …", word,
			       word);
	if (!cli->cmd->command)
		return err_set(e, -EINVAL, "unexpected argument '%s': %s takes only options", word,
			       called(cli->cmd, own, sizeof(own)));
	nearest_init(&near, word, strlen(word));
	for (size_t i = 0; cli->cmd == cli_commands && i < cli_commands_len; i++)
		nearest_offer(&near, cli_commands[i].name);
	return err_set(e, -EINVAL,
		       "unexpected argument '%s'%s; to run a command, put -- before it: %s -- %s",
		       word, nearest_hint(&near, hint, sizeof(hint)),
		       called(cli->cmd, own, sizeof(own)), word);
}

/* A word that is not an option. */
static int operand(struct cli *cli, char *word, int argc, struct err *e)
{
	if (!cli->cmd->files)
		return unexpected(cli, word, e);
	if (!cli->files)
		cli->files = calloc((size_t)argc, sizeof(*cli->files));
	if (!cli->files)
		return err_nomem(e);
	cli->files[cli->files_len++] = word;
	return 0;
}

/* @argv: what follows "--". */
static int command(struct cli *cli, char **argv, struct err *e)
{
	if (!cli->cmd->command)
		return err_set(e, -EINVAL, "captrace %s runs no command", cli->cmd->name);
	if (!argv[0])
		return err_set(e, -EINVAL, "no command after --");
	cli->command = argv;
	return 0;
}

static int parse_words(struct cli_state *st, int argc, char **argv, struct err *e)
{
	struct cli *cli = st->cli;
	struct spec spec;
	int c, before, rc = 0;

	spec_init(&spec, cli->cmd);
	/* glibc: 0 starts a new scan, whatever was parsed before. */
	optind = 0;
	opterr = 0;
	while (!rc && !cli->answered) {
		const struct cli_option *o;

		before = optind ? optind : 1;
		c = getopt_long(argc, argv, spec.shorts, spec.longs, NULL);
		if (c < 0 && optind > before) /* "--", and not an option's value */
			return command(cli, argv + optind, e);
		if (c < 0 && optind >= argc)
			return 0;
		if (c < 0) {
			rc = operand(cli, argv[optind++], argc, e);
			continue;
		}
		o = c == '?' || c == ':' ? NULL : option_of(cli->cmd, c);
		if (!o)
			return wrong_option(cli->cmd, c, argv[before], e);
		st->argv = argv + optind;
		rc = set_option(st, o, optarg, e);
	}
	return rc;
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
		return err_set(e, -EINVAL, "--all and --audit-only cannot be used together");
	if (!cli->unaudited && !filter_allows_audit(cli->filter, true))
		return err_set(
			e, -EINVAL,
			"--filter matches only unaudited checks, which are not shown without "
			"--all");
	if (cli->user && !cli->command)
		return err_set(e, -EINVAL,
			       "--user needs a command to run as that user: add -- COMMAND");
	if (cli->pids_len && cli->command)
		return err_set(
			e, -EINVAL,
			"--pid and a command cannot be used together: trace one or the other");
	if (cli->follow && !cli->pids_len)
		return err_set(e, -EINVAL, "--follow needs --pid%s",
			       cli->command ? " (a command is always followed)" : "");
	return 0;
}

static int parse(struct cli_state *st, int argc, char **argv, struct err *e)
{
	struct cli *cli = st->cli;
	int rc;

	cli->cmd = argc > 1 ? cli_command_find(argv[1]) : NULL;
	if (cli->cmd) {
		argc--;
		argv++;
	} else {
		cli->cmd = cli_commands;
	}
	/* "captrace trace capabilities", after Inspektor Gadget's "trace capabilities". */
	if (cli->cmd->bit == CLI_TRACE && argc > 1 && !strcmp(argv[1], "capabilities")) {
		argc--;
		argv++;
	}
	if (cli->cmd->sink)
		cli->sink = cli->cmd->sink;
	rc = parse_words(st, argc, argv, e);
	if (rc)
		return rc;
	if (cli->answered)
		return fflush(stdout) ? err_sys(e, -errno, "standard output") : 0;
	cli->unaudited |= cli->cmd->unaudited && !st->audit_only;
	rc = apply_lists(st, e);
	if (!rc)
		rc = check_together(st, e);
	if (!rc && cli->cmd->check)
		rc = cli->cmd->check(cli, e);
	return rc ? rc : cli_default_columns(cli, e);
}

/* CAPTRACE_DEBUG is for debugging captrace: --help leaves it out, CAPTRACE_DEBUG=help lists it. */
static int parse_debug(struct cli *cli, const char *tags, struct err *e)
{
	if (!tags || strcmp(tags, "help") != 0)
		return log_set_tags(tags, e);
	log_help_tags();
	cli->answered = true;
	return fflush(stdout) ? err_sys(e, -errno, "standard output") : 0;
}

int cli_parse(struct cli *cli, const struct cli_build *build, int argc, char **argv, struct err *e)
{
	struct cli_state st = {.cli = cli, .build = build};
	int rc;

	memset(cli, 0, sizeof(*cli));
	log_level = 0;
	cli->backend = "auto";
	cli->host_root = "";
	cli->sink = sinks[0];
	cli->advise.format = advice_formats;
	cli->filter = filter_new();
	if (!cli->filter)
		return err_nomem(e);
	rc = parse_debug(cli, getenv("CAPTRACE_DEBUG"), e);
	if (rc || cli->answered)
		return rc;
	rc = parse(&st, argc, argv, e);
	for (size_t i = 0; i < cli_options_len; i++)
		free(st.lists[i]);
	return rc;
}

static unsigned int notes_to_print(const struct cli *cli)
{
	unsigned int tell = 0;

	/* record and advise include unaudited checks by default. */
	if (cli->cmd->bit & (CLI_TRACE | CLI_REPLAY))
		tell |= RUN_TELL_UNAUDITED;
	/* The advice itself says why it is incomplete. */
	if (cli->cmd->bit != CLI_ADVISE)
		tell |= RUN_TELL_INCOMPLETE;
	return tell;
}

void cli_run_cfg(const struct cli *cli, struct run_cfg *cfg)
{
	*cfg = (struct run_cfg){
		.request =
			{
				.sink = cli->sink,
				.cols = cli->cols,
				.cols_len = cli->cols_len,
				.kstack = cli->print_stack,
				.advise = &cli->advise,
				.filter = cli->filter,
				.unaudited = cli->unaudited,
				.unique = cli->unique,
				.hide_startup = cli_hides_startup(cli),
				.command = cli->command,
				.pids = cli->pids,
				.pids_len = cli->pids_len,
				.follow = cli->follow,
				.files = cli->files,
				.files_len = cli->files_len,
				.backend = cli->backend,
				.btf_path = cli->btf_path,
				.buffer_size = cli->buffer_size,
			},
		.user = cli->user,
		.file = cli->file,
		.header = !cli->no_header,
		.host_root = cli->host_root,
		.pending = cli->pending,
		.overhead = cli->overhead,
		.timeout_ns = cli->timeout_ns,
		.max_events = cli->max_events,
		.tell = notes_to_print(cli),
	};
}

void cli_free(struct cli *cli)
{
	filter_free(cli->filter);
	pending_target_free(cli->pending);
	overhead_free(cli->overhead);
	expect_free(cli->advise.expect);
	free(cli->cols);
	free(cli->pids);
	free(cli->files);
	memset(cli, 0, sizeof(*cli));
}
