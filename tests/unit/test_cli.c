// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/advise/format.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/helper.h"

#define WORDS_MAX 32

/* Splits @line at blanks into @argv, after the program's name. '' is an empty word. */
static int words(char *line, char **argv)
{
	int argc = 0;

	argv[argc++] = (char *)"captrace";
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = !strcmp(word, "''") ? (char *)"" : word;
	argv[argc] = NULL;
	return argc;
}

static void print_build(void)
{
	printf("fake: yes\n");
}

static const struct cli_build build = {.backends = fake_backends, .print = print_build};

/* The words are in a static buffer, since @cli points to them. */
static int parse(const char *text, struct cli *cli, struct err *e)
{
	static char line[1024], *argv[WORDS_MAX];

	snprintf(line, sizeof(line), "%s", text);
	*e = (struct err){0};
	return cli_parse(cli, &build, words(line, argv), argv, e);
}

static void expect(const char *text, struct cli *cli)
{
	struct err e;

	cr_assert_eq(parse(text, cli, &e), 0, "%s: %s", text, e.msg);
}

static void expect_error(const char *text, const char *part)
{
	struct cli cli;
	struct err e;

	cr_assert_eq(parse(text, &cli, &e), -EINVAL, "'%s' was taken", text);
	cr_assert(strstr(e.msg, part), "%s: %s", text, e.msg);
	cr_assert_eq(e.code, -EINVAL);
	cr_assert_null(strchr(e.msg, '\n'));
	cli_free(&cli);
}

Test(cli, defaults)
{
	struct cli cli;

	expect("", &cli);
	cr_assert_str_eq(cli.sink->name, "columns");
	cr_assert_eq(cli.cols_len, 8);
	cr_assert_str_eq(cli.cols[0]->name, "pid");
	cr_assert_str_eq(cli.backend, "auto");
	cr_assert(!cli.command && !cli.pids_len && !cli.unaudited && !cli.timeout_ns);
	cr_assert(!cli.max_events && !cli.buffer_size && !cli.user && !cli.btf_path);
	cr_assert(!cli.answered && !cli.no_header && !cli.print_stack && !cli.follow);
	cr_assert_eq(filter_needs(cli.filter), 0);
	cr_assert_eq(log_level, 0);
	cli_free(&cli);
}

Test(cli, a_command_and_its_own_options)
{
	struct cli cli;

	expect("-o json -- nice -n -5 true --help", &cli);
	cr_assert_str_eq(cli.sink->name, "json");
	cr_assert_str_eq(cli.command[0], "nice");
	cr_assert_str_eq(cli.command[4], "--help");
	cr_assert_null(cli.command[5]);
	cli_free(&cli);
	expect("--user nobody -- -- x", &cli);
	cr_assert_str_eq(cli.user, "nobody");
	cr_assert_str_eq(cli.command[0], "--");
	cli_free(&cli);
	/* "--" as an option's value does not end the options. */
	expect("--comm -- -v -- true", &cli);
	cr_assert_str_eq(cli.command[0], "true");
	cr_assert_eq(log_level, 1);
	cli_free(&cli);
}

Test(cli, a_command_needs_its_dashes)
{
	expect_error(
		"nice -n 5 true",
		"unexpected argument 'nice'; to run a command, put -- before it: captrace -- nice");
	expect_error("-o json nice", "unexpected argument 'nice'");
	expect_error("--comm -- nice", "unexpected argument 'nice'");
	expect_error("''", "unexpected argument ''");
	expect_error("recrod", "unexpected argument 'recrod' (did you mean record?)");
	expect_error("--", "no command after --");
	expect_error("-v --", "no command after --");
}

Test(cli, subcommands)
{
	struct cli cli;

	expect("trace -o json -- replay x", &cli);
	cr_assert_str_eq(cli.cmd->name, "trace");
	cr_assert_str_eq(cli.command[0], "replay");
	cli_free(&cli);
	expect("record -o /tmp/x.rec --cap SYS_NICE -- nice true", &cli);
	cr_assert_str_eq(cli.cmd->name, "record");
	cr_assert_str_eq(cli.sink->name, "record");
	cr_assert_str_eq(cli.file, "/tmp/x.rec");
	cr_assert(cli.unaudited, "a recording has all");
	cli_free(&cli);
	expect("record --audit-only -o -", &cli);
	cr_assert_not(cli.unaudited);
	cli_free(&cli);
	expect("replay a -o json - --pid 4194303 b", &cli);
	cr_assert_eq(cli.files_len, 3);
	cr_assert_str_eq(cli.files[0], "a");
	cr_assert_str_eq(cli.files[1], "-");
	cr_assert_str_eq(cli.files[2], "b");
	cr_assert_str_eq(cli.sink->name, "json");
	cr_assert_eq(cli.pids_len, 0, "a filter, not a target");
	cr_assert_not(cli.unaudited);
	cli_free(&cli);
	expect_error("record", "captrace record needs -o FILE");
	expect_error("record -o ''", "--output: empty");
	expect_error("record x -o y", "put -- before it: captrace record -- x");
	expect_error("replay", "captrace replay needs FILE");
	expect_error("replay x -- true", "captrace replay runs no command");
	expect_error("-v replay x", "'replay' must be the first argument: captrace replay");
	expect_error("replay x --timeout 1",
		     "--timeout is an option of captrace trace, captrace record");
	expect_error("record -o x --no-header",
		     "--no-header is an option of captrace trace, captrace replay");
	expect_error("replay x --nope", "unknown option --nope (captrace replay --help lists");
	expect_error("replay x --verdcit Deny", "did you mean --verdict?");
}

Test(cli, advise)
{
	struct cli cli;

	expect("advise --by unit --explain SYS_NICE,23,cap_kill --format systemd -w /tmp/a "
	       "--allow-incomplete -- nice true",
	       &cli);
	cr_assert_eq(cli.advise.by, ADVISE_BY_UNIT);
	cr_assert_eq(cli.advise.explain, UINT64_C(1) << 23 | 1 << 5);
	cr_assert_str_eq(cli.advise.format->name, "systemd");
	cr_assert_str_eq(cli.file, "/tmp/a");
	cr_assert(cli.advise.allow_incomplete && cli.unaudited && !cli.advise.expect);
	cli_free(&cli);
	expect("advise a.rec b.rec -o json --expect none", &cli);
	cr_assert_eq(cli.files_len, 2);
	cr_assert_not_null(cli.advise.expect);
	cli_free(&cli);
	expect("advise", &cli);
	cr_assert_str_eq(cli.advise.format->name, "text");
	cr_assert_eq(cli.advise.by, ADVISE_BY_AUTO);
	cli_free(&cli);
	expect_error("advise --by pids", "--by: invalid value 'pids' (choose: command");
	expect_error("advise --by auto", "(choose: command comm exe container unit pod uid)");
	expect_error("advise --explain SYS_NICEE", "--explain: unknown capability 'SYS_NICEE'");
	expect_error("advise --explain ,", "--explain: empty name");
	expect_error("advise --format k8s", "--format: unknown format 'k8s'");
	expect_error("advise -o yaml", "--output: unknown format 'yaml' (choose: text json kub");
	expect_error("advise --expect SYS_NICEE", "--expect: unknown capability 'SYS_NICEE'");
	expect_error("advise --expect /no/such", "--expect: /no/such: No such file");
	expect_error("advise --expect ''", "--expect: empty");
	expect_error("advise x -- true", "recordings and a command cannot be used together");
	expect_error("advise x --pid 1", "for recordings use -F pid==1");
	expect_error("advise --no-header", "--no-header is an option of captrace trace");
	expect_error("--by comm", "--by is an option of captrace advise");
	expect_error("-w x", "-w is an option of captrace advise");
}

Test(cli, output)
{
	struct cli cli;

	expect("-o columns=PID,capName,K8S.POD,mountnsid --no-header --print-stack", &cli);
	cr_assert_eq(cli.cols_len, 4);
	cr_assert_str_eq(cli.cols[1]->name, "capname");
	cr_assert_str_eq(cli.cols[2]->name, "pod");
	cr_assert(cli.no_header && cli.print_stack);
	cli_free(&cli);
	expect("--output=columns=pid -o columns=comm,tid", &cli);
	cr_assert_eq(cli.cols_len, 2);
	cli_free(&cli);
	for (size_t i = 0; sinks[i]; i++) {
		char line[64];

		snprintf(line, sizeof(line), "-o%s", sinks[i]->name);
		expect(line, &cli);
		cr_assert_eq(cli.sink, sinks[i]);
		cli_free(&cli);
	}
	expect_error("-o", "--output needs a value");
	expect_error("-o jsn", "did you mean json?");
	expect_error("-o table", "(choose: columns json jsonpretty yaml)");
	expect_error("-o ''", "unknown format ''");
	expect_error("-o JSON", "did you mean json?");
	expect_error("-o json=pid", "json takes no list");
	expect_error("-o columns=", "empty name");
	expect_error("-o columns=pid,", "empty name");
	expect_error("-o columns=pid,,comm", "empty name");
	expect_error("-o columns=pid,comm,PID", "column 'pid' is given twice");
	expect_error("-o columns=mntns,mountnsid", "is given twice");
	expect_error("-o columns=capnam", "did you mean capname?");
	expect_error("-o columns=foo", "(choose: node namespace pod");
}

Test(cli, unknown_options)
{
	expect_error("--verdcit Allow", "unknown option --verdcit (did you mean --verdict?)");
	expect_error("--verdcit=Allow", "unknown option --verdcit (did you mean --verdict?)");
	expect_error("--frobnicate", "unknown option --frobnicate (captrace --help");
	expect_error("-x", "unknown option -x");
	expect_error("-vx", "unknown option -x");
	expect_error("-v --nope=1 -- x", "unknown option --nope");
	expect_error("--u root", "--u is ambiguous");
	expect_error("--all=1", "--all takes no value");
	expect_error("--follow=yes", "--follow takes no value");
	expect_error("--cap", "--cap needs a value: --cap CAP[,CAP…]");
	expect_error("-F", "--filter needs a value");
}

Test(cli, abbreviations_and_clusters)
{
	struct cli cli;

	expect("--max 5 -vvojson", &cli);
	cr_assert_eq(cli.max_events, 5);
	cr_assert_eq(log_level, 2);
	cr_assert_str_eq(cli.sink->name, "json");
	cli_free(&cli);
	expect("-v", &cli);
	cr_assert_eq(log_level, 1, "of this command line, not added to the last");
	cli_free(&cli);
}

Test(cli, timeout)
{
	struct cli cli;

	expect("--timeout 2", &cli);
	cr_assert_eq(cli.timeout_ns, UINT64_C(2000000000));
	cli_free(&cli);
	expect("--timeout=0.05", &cli);
	cr_assert_eq(cli.timeout_ns, 50000000);
	cli_free(&cli);
	expect_error("--timeout 0", "more than 0");
	expect_error("--timeout 0.0", "more than 0");
	expect_error("--timeout 0.0000000001", "more than 0");
	expect_error("--timeout -1", "not a number of seconds");
	expect_error("--timeout 5s", "not a number of seconds");
	expect_error("--timeout ''", "not a number of seconds");
	expect_error("--timeout 1e3", "not a number of seconds");
	expect_error("--timeout 99999999999999999999", "at most 1000000000 seconds");
}

Test(cli, numbers)
{
	struct cli cli;

	expect("--max-events 18446744073709551615 --buffer-size 8M", &cli);
	cr_assert_eq(cli.max_events, UINT64_MAX);
	cr_assert_eq(cli.buffer_size, 8 << 20);
	cli_free(&cli);
	expect_error("--max-events 0", "not a number of events");
	expect_error("--max-events 1x", "not a number of events");
	expect_error("--max-events -3", "not a number of events");
	expect_error("--max-events 18446744073709551616", "not a number of events");
#ifdef HAVE_PFM
	expect("--overhead", &cli);
	cli_free(&cli);
	expect("--overhead=page-faults,cs", &cli);
	cr_assert_not_null(cli.overhead);
	cli_free(&cli);
	expect_error("--overhead=no-such", "'no-such': ");
	expect_error("--overhead=page-faults,", "empty");
	expect_error("replay --overhead x", "option of ");
#endif
	expect_error("--buffer-size 1", "between 4K and 2G");
	expect_error("--buffer-size 3G", "between 4K and 2G");
	expect_error("--buffer-size 99999999999999999999G", "between 4K and 2G");
	expect_error("--buffer-size 8MB", "not a size");
	expect_error("--buffer-size big", "not a size");
}

Test(cli, filters)
{
	struct cli cli;
	struct cap_event ev;

	event_chroot(&ev);
	expect("--cap SYS_NICE,sys_chroot --verdict allow --uid 0,nobody --comm chroot "
	       "--syscall chroot,openat -F pid>1 --filter cap!=0 --all",
	       &cli);
	cr_assert(filter_match(cli.filter, &ev));
	cr_assert(cli.unaudited);
	ev.comm[0] = 'C';
	cr_assert_not(filter_match(cli.filter, &ev));
	cli_free(&cli);
	/* Repeating a list adds to it. */
	event_chroot(&ev);
	expect("--cap SYS_NICE --cap SYS_CHROOT --cap=0", &cli);
	cr_assert(filter_match(cli.filter, &ev));
	cli_free(&cli);
	expect("--uid root", &cli);
	cr_assert(filter_match(cli.filter, &ev));
	cli_free(&cli);
}

Test(cli, filter_errors_name_the_option)
{
	expect_error("--cap SYS_NICEE",
		     "--cap: unknown capability 'SYS_NICEE' (did you mean SYS_NICE? "
		     "names are libcap's, as in SYS_ADMIN)");
	expect_error("--cap 64", "--cap: unknown capability '64'");
	expect_error("--cap ''", "--cap: empty value");
	expect_error("--cap SYS_NICE --cap 23", "--cap: '23' is given twice");
	expect_error("--verdict no", "--verdict: a verdict is Allow or Deny");
	expect_error("--uid no-such-user", "--uid: 'no-such-user' is neither");
	expect_error("--uid -1", "--uid: ");
	expect_error("--comm a,", "--comm: empty value");
	expect_error("--syscall ,", "--syscall: empty value");
	expect_error("-F ''", "--filter: empty filter");
	expect_error("-F nope==1", "--filter: unknown column 'nope'");
	expect_error("--filter pid", "--filter: 'pid' has no operator");
	expect_error("-F audit==0", "not shown without --all");
}

static void *ask_for_thread(void *arg)
{
	struct err *e = arg;
	struct cli cli;
	char line[64];

	snprintf(line, sizeof(line), "--pid %ld", syscall(SYS_gettid));
	parse(line, &cli, e);
	cli_free(&cli);
	return NULL;
}

Test(cli, pids)
{
	char line[128];
	struct err e;
	struct cli cli;
	pthread_t thread;

	snprintf(line, sizeof(line), "--pid %d --pid 1 --follow", getpid());
	expect(line, &cli);
	cr_assert_eq(cli.pids_len, 2);
	cr_assert_eq(cli.pids[0], getpid());
	cr_assert_eq(cli.pids[1], 1);
	cr_assert(cli.follow);
	cli_free(&cli);

	expect_error("--pid 4194304", "--pid: there is no process 4194304");
	expect_error("--pid 0", "not a process id");
	expect_error("--pid -1", "not a process id");
	expect_error("--pid 1x", "not a process id");
	expect_error("--pid 4194305", "1 to 4194304");
	expect_error("--pid ''", "--pid: empty process id");
	expect_error("--pid 1,", "empty process id");
	expect_error("--pid 1,1", "is given twice");
	expect_error("--pid 1 --pid 0x1", "is given twice");

	pthread_create(&thread, NULL, ask_for_thread, &e);
	pthread_join(thread, NULL);
	cr_assert(strstr(e.msg, " is a thread; its process is "), "%s", e.msg);
}

Test(cli, what_excludes_each_other)
{
	struct cli cli;

	expect_error("--all --audit-only", "cannot be used together");
	expect_error("--user nobody", "--user");
	expect_error("--user '' -- true", "--user: empty");
	expect_error("--follow", "--follow needs --pid");
	expect_error("--follow -- true", "a command is always followed");
	expect_error("--pid 1 -- true", "--pid and a command cannot be used together");
	expect("--audit-only", &cli);
	cr_assert_not(cli.unaudited);
	cli_free(&cli);
}

Test(cli, backend)
{
	struct cli cli;

	expect("--backend fake:one --btf /dev/null", &cli);
	cr_assert_str_eq(cli.backend, "fake:one");
	cr_assert_str_eq(cli.btf_path, "/dev/null");
	cli_free(&cli);
	expect_error("--backend nope",
		     "--backend: this build has no backend 'nope' (choose: auto, fake, fake:one");
	expect_error("doctor --bundle /no/such/file", "--bundle: '/no/such/file': No such file");
	expect_error("doctor --bundle /dev/null", "--bundle: '/dev/null' already exists");
	expect_error("doctor --bundle ''", "--bundle: the file name is empty");
	expect_error("--bundle x", "--bundle");
	expect_error("record -o x --bundle x", "--bundle");
	expect_error("--btf /no/such/file", "--btf: '/no/such/file': No such file or directory");
}

/* Stores what cli_parse() writes to standard output. */
static size_t answer(const char *text, char *buf, size_t size)
{
	struct cli cli;
	struct err e;
	FILE *out;
	size_t n;

	cr_redirect_stdout();
	cr_assert_eq(parse(text, &cli, &e), 0, "%s: %s", text, e.msg);
	cr_assert(cli.answered);
	cli_free(&cli);
	fclose(stdout);
	out = cr_get_redirected_stdout();
	n = fread(buf, 1, size - 1, out);
	buf[n] = '\0';
	return n;
}

/* Terminal cells of the line at @at: "…" is one cell and three bytes. */
static size_t cells(const char *at)
{
	size_t n = 0;

	for (; *at && *at != '\n'; at++)
		n += (*at & 0xc0) != 0x80;
	return n;
}

static void help_of(const struct cli_command *cmd)
{
	static char buf[16384];
	char line[32];

	snprintf(line, sizeof(line), "%s --help", cmd->name);
	answer(line, buf, sizeof(buf));
	for (size_t i = 0; i < cli_options_len; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", cli_options[i].name);
		cr_assert(!cli_option_of(&cli_options[i], cmd) || strstr(buf, name), "%s %s",
			  cmd->name, name);
	}
	for (const char *at = buf; *at; at += strcspn(at, "\n") + 1)
		cr_assert_leq(cells(at), 80, "%.*s", (int)strcspn(at, "\n"), at);
}

Test(cli, help_of_trace)
{
	help_of(cli_command_find("trace"));
}

Test(cli, help_of_record)
{
	help_of(cli_command_find("record"));
}

Test(cli, help_of_replay)
{
	help_of(cli_command_find("replay"));
}

Test(cli, help_of_advise)
{
	help_of(cli_command_find("advise"));
}

Test(cli, help)
{
	static char buf[16384];

	answer("--help", buf, sizeof(buf));
	cr_assert(strstr(buf, "-o, --output FORMAT"));
	for (size_t i = 1; i < cli_commands_len; i++)
		cr_assert(strstr(buf, cli_commands[i].usage), "%s", cli_commands[i].name);
}

/* Replaces each run of blanks and newlines by one blank, to undo wrapping. */
static void unwrap(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++)
		if (!strchr(" \n", *at))
			*to++ = *at;
		else if (to == text || to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

static void help_columns(const char *text)
{
	static char buf[16384];

	answer(text, buf, sizeof(buf));
	unwrap(buf);
	for (size_t i = 0; i < columns_len; i++)
		cr_assert(strstr(buf, columns[i].help), "%s", columns[i].name);
	cr_assert(strstr(buf, "* capname capName"), "%s", buf);
	cr_assert(strstr(buf, "k8s.container"));
}

Test(cli, help_columns_as_two_words)
{
	help_columns("--help columns");
}

Test(cli, help_columns_as_one)
{
	help_columns("-v --help=columns --nope");
}

Test(cli, help_columns_by_letter)
{
	help_columns("-h columns");
}

Test(cli, help_before_other_options)
{
	static char buf[16384];

	answer("-h --nope", buf, sizeof(buf));
	cr_assert(strstr(buf, "Usage: captrace"));
}

Test(cli, version)
{
	char buf[256];

	answer("--version", buf, sizeof(buf));
	cr_assert_eq(strncmp(buf, "captrace ", 9), 0);
	cr_assert(strstr(buf, "\nfake: yes\n"));
}

Test(cli, no_help_on_that)
{
	expect_error("--help=rows", "no help on 'rows'");
	expect_error("--version=1", "takes no value");
}

Test(cli, rows_of_options_are_whole)
{
	for (size_t i = 0; i < cli_options_len; i++) {
		const struct cli_option *o = &cli_options[i];

		cr_assert(o->name && o->help);
		cr_assert(o->set || (o->list && o->column), "%s", o->name);
		cr_assert(!o->list || o->arg, "%s", o->name);
		cr_assert(!o->column || column_find(o->column, strlen(o->column)), "%s", o->name);
		for (size_t c = 0; c < cli_commands_len; c++)
			for (size_t j = 0; j < i && cli_option_of(o, &cli_commands[c]); j++) {
				if (!cli_option_of(&cli_options[j], &cli_commands[c]))
					continue;
				cr_assert_str_neq(o->name, cli_options[j].name);
				cr_assert(!o->letter || o->letter != cli_options[j].letter);
			}
	}
}
