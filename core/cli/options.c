// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli/option.h"

#include <inttypes.h>
#include <string.h>

#include "core/backend.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/new_file.h"
#include "core/base/parse.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/options_advise.h"
#include "core/cli/options_output.h"
#include "core/cli/options_target.h"
#include "core/session/overhead.h"

#define TIMEOUT_MAX UINT64_C(1000000000) /* s; some 30 years */
#define BUFFER_MIN  UINT64_C(4096)
#define BUFFER_MAX  (UINT64_C(1) << 31) /* a BPF ring buffer's limit (kernel/bpf/ringbuf.c) */

static int set_no_header(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->no_header = true;
	return 0;
}

static int set_print_stack(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->print_stack = true;
	return 0;
}

static int set_follow(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->follow = true;
	return 0;
}

static int set_all(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->unaudited = true;
	return 0;
}

static int set_audit_only(struct cli_state *st, const char *arg, struct err *e)
{
	st->audit_only = true;
	return 0;
}

static int set_unique(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->unique = true;
	return 0;
}

static int set_user(struct cli_state *st, const char *arg, struct err *e)
{
	if (!*arg)
		return err_set(e, -EINVAL, "empty value; give a user name or number");
	st->cli->user = arg;
	return 0;
}

static int set_filter(struct cli_state *st, const char *arg, struct err *e)
{
	return filter_add(st->cli->filter, arg, e);
}

static int set_backend(struct cli_state *st, const char *arg, struct err *e)
{
	int rc = backend_check_spec(st->build->backends, arg, e);

	st->cli->backend = arg;
	return rc;
}

static int set_btf(struct cli_state *st, const char *arg, struct err *e)
{
	if (access(arg, R_OK))
		return err_set(e, -EINVAL, "'%s': %s; give a vmlinux or a file with raw BTF", arg,
			       strerror(errno));
	st->cli->btf_path = arg;
	return 0;
}

static int set_timeout(struct cli_state *st, const char *arg, struct err *e)
{
	int rc = parse_seconds(arg, TIMEOUT_MAX * NS_PER_SEC, &st->cli->timeout_ns);

	if (rc == -EINVAL)
		return err_set(e, rc, "'%s' is not a number of seconds, such as 10 or 0.5", arg);
	if (rc || !st->cli->timeout_ns)
		return err_set(e, -EINVAL,
			       "'%s' is out of range: more than 0 and at most %" PRIu64 " seconds",
			       arg, TIMEOUT_MAX);
	return 0;
}

static int set_max_events(struct cli_state *st, const char *arg, struct err *e)
{
	int rc = parse_u64(arg, UINT64_MAX, &st->cli->max_events);

	if (rc || !st->cli->max_events)
		return err_set(e, -EINVAL, "'%s' is not a number of events (1 or more)", arg);
	return 0;
}

static int set_buffer_size(struct cli_state *st, const char *arg, struct err *e)
{
	uint64_t size;
	int rc = parse_size(arg, BUFFER_MAX, &size);

	if (rc == -EINVAL)
		return err_set(e, rc, "'%s' is not a size, such as 512K or 8M", arg);
	if (rc || size < BUFFER_MIN)
		return err_set(e, -EINVAL, "'%s' is not between 4K and 2G", arg);
	st->cli->buffer_size = size;
	return 0;
}

static int set_overhead(struct cli_state *st, const char *arg, struct err *e)
{
	overhead_free(st->cli->overhead);
	st->cli->overhead = NULL;
	return overhead_new(&st->cli->overhead, arg, e);
}

static int set_bundle(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->bundle = arg;
	if (!strcmp(arg, "-") || !new_file_check(arg, e))
		return 0;
	return e->code = -EINVAL;
}

static int set_verbose(struct cli_state *st, const char *arg, struct err *e)
{
	log_level++;
	return 0;
}

static int set_help(struct cli_state *st, const char *arg, struct err *e)
{
	/* getopt recognizes "--help=columns" alone; "--help columns" leaves its word in argv. */
	if (!arg && st->argv[0] && st->argv[0][0] != '-')
		arg = st->argv[0];
	if (!arg)
		cli_help(st->cli->cmd);
	else if (!strcmp(arg, "columns"))
		cli_help_columns();
	else
		return err_set(e, -EINVAL, "no help on '%s'; there is --help and --help columns",
			       arg);
	st->cli->answered = true;
	return 0;
}

static int set_version(struct cli_state *st, const char *arg, struct err *e)
{
	printf("captrace %s\n", CAPTRACE_VERSION);
	st->build->print();
	st->cli->answered = true;
	return 0;
}

const struct cli_option cli_options[] = {
	{
		.group = "What to trace (default: the whole machine)",
		.name = "pid",
		.arg = "PID[,PID…]",
		.help = "these processes",
		.set = cli_set_pids,
		.list = true,
	},
	{
		.name = "pid",
		.commands = CLI_REPLAY,
		.arg = "PID[,PID…]",
		.help = "only checks of these processes",
		.list = true,
		.column = "pid",
	},
	{
		.name = "follow",
		.help = "with --pid: trace their descendants too",
		.set = set_follow,
	},
	{
		.name = "user",
		.arg = "NAME",
		.help = "run COMMAND as this user (name, UID or UID:GID)",
		.set = set_user,
	},
	{
		.group = "Targets (captrace waits for those that do not exist yet)",
		.commands = CLI_EVENTS,
		.name = "runtimes",
		.letter = 'r',
		.arg = "NAME[,NAME…]",
		.help = "containers of docker, containerd, cri-o, podman",
		.set = cli_set_runtimes,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "containername",
		.letter = 'c',
		.arg = "NAME[,NAME…]",
		.help = "containers of these names",
		.set = cli_set_containers,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "namespace",
		.letter = 'n',
		.arg = "NAME[,NAME…]",
		.help = "pods of these Kubernetes namespaces",
		.set = cli_set_namespaces,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "podname",
		.letter = 'p',
		.arg = "NAME[,NAME…]",
		.help = "pods of these names (as in kubectl gadget; --pid has no short form)",
		.set = cli_set_pods,
		.list = true,
	},
	{
		.name = "selector",
		.arg = "KEY=VALUE[,…]",
		.help = "containers and pods with all these labels; also KEY!=VALUE, KEY and "
			"!KEY",
		.set = cli_set_selector,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "unit",
		.arg = "UNIT[,UNIT…]",
		.help = "systemd units, such as nginx, user@1000.service or session-3.scope; "
			"restarts are followed",
		.set = cli_set_units,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "cgroup",
		.arg = "PATH[,PATH…]",
		.help = "these cgroups and those below them",
		.set = cli_set_cgroups,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "startup",
		.help = "for containers, pods and units: also show what the runtime or systemd "
			"does in them before their own program runs (column startup)",
		.set = cli_set_startup,
	},
	{
		.group = "What to show",
		.name = "all",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "show unaudited checks too (default: only audited ones)",
		.set = set_all,
	},
	{
		.name = "audit-only",
		.commands = CLI_TRACE | CLI_RECORD | CLI_REPLAY,
		.help = "only audited checks",
		.set = set_audit_only,
	},
	{
		.name = "cap",
		.commands = CLI_ANY,
		.arg = "CAP[,CAP…]",
		.help = "only these capabilities (SYS_NICE, cap_sys_nice or 23)",
		.list = true,
		.column = "cap",
	},
	{
		.name = "verdict",
		.commands = CLI_ANY,
		.arg = "VERDICT",
		.help = "Allow or Deny",
		.list = true,
		.column = "verdict",
	},
	{
		.name = "uid",
		.commands = CLI_ANY,
		.arg = "UID[,UID…]",
		.help = "only checks of these users (number or name)",
		.list = true,
		.column = "uid",
	},
	{
		.name = "comm",
		.commands = CLI_ANY,
		.arg = "COMM[,COMM…]",
		.help = "only checks of threads with these names",
		.list = true,
		.column = "comm",
	},
	{
		.name = "syscall",
		.commands = CLI_ANY,
		.arg = "NAME[,NAME…]",
		.help = "only checks made for these system calls",
		.list = true,
		.column = "syscall",
	},
	{
		.name = "filter",
		.commands = CLI_ANY,
		.letter = 'F',
		.arg = "'COLUMN OP VALUE'",
		.help = "only checks that match; OP is == != > >= < <=, or ~ !~ (regular "
			"expression); if repeated, all must match",
		.set = set_filter,
	},
	{
		.name = "unique",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "show each combination of subject (container or unit, and command "
			"name), capability, verdict, audit, system call and target namespace "
			"once, and count them at the end",
		.set = set_unique,
	},
	{
		.group = "Output",
		.name = "output",
		.commands = CLI_TRACE | CLI_REPLAY,
		.letter = 'o',
		.arg = "FORMAT",
		.help = "columns (default), columns=NAME,…, json, jsonpretty, yaml",
		.set = cli_set_output,
	},
	{
		.name = "output",
		.commands = CLI_DOCTOR,
		.letter = 'o',
		.arg = "FORMAT",
		.help = "json or jsonpretty; default: text",
		.set = cli_set_output,
	},
	{
		.name = "output",
		.commands = CLI_RECORD,
		.letter = 'o',
		.arg = "FILE",
		.help = "file to write; - is standard output",
		.set = cli_set_file,
	},
	{
		.name = "output",
		.commands = CLI_ADVISE,
		.letter = 'o',
		.arg = "FORMAT",
		.help = "text (default), json, or a format of --format",
		.set = cli_set_format,
	},
	{
		.name = "format",
		.commands = CLI_ADVISE,
		.arg = "FORMAT",
		.help = "write what enforces the advice: kubernetes (a securityContext), docker "
			"or podman (flags of run), systemd (a drop-in), setcap (its command line), "
			"oci (part of config.json)",
		.set = cli_set_format,
	},
	{
		.name = "bundle",
		.commands = CLI_DOCTOR,
		.arg = "FILE",
		.help = "collect what a bug report about this machine needs in a new FILE (-: "
			"standard output, in place of the report): kernel version, config and "
			"formats, and what was tried; without kernel addresses",
		.set = set_bundle,
	},
	{
		.name = "write",
		.commands = CLI_ADVISE,
		.letter = 'w',
		.arg = "FILE",
		.help = "write to FILE instead of standard output, which the command may use "
			"too",
		.set = cli_set_file,
	},
	{
		.name = "by",
		.commands = CLI_ADVISE,
		.arg = "WHAT",
		.help = "one report for each comm, exe, container, unit, pod or uid; default: "
			"one for the command or for the processes of --pid, otherwise one for "
			"each comm",
		.set = cli_set_by,
	},
	{
		.name = "explain",
		.commands = CLI_ADVISE,
		.arg = "CAP[,CAP…]",
		.help = "show all evidence for these capabilities, with kernel stacks and "
			"alternatives",
		.set = cli_set_explain,
	},
	{
		.name = "expect",
		.commands = CLI_ADVISE,
		.arg = "LIST|FILE",
		.help = "exit with code 4 if more is needed than this list allows, which is "
			"capabilities, 'none', or a file of them (also one that advise -o json "
			"wrote)",
		.set = cli_set_expect,
	},
	{
		.name = "allow-incomplete",
		.commands = CLI_ADVISE,
		.help = "do not exit with code 5 if events were lost or not everything can be "
			"known",
		.set = cli_set_allow_incomplete,
	},
	{
		.name = "no-header",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "no heading above the columns",
		.set = set_no_header,
	},
	{
		.name = "print-stack",
		.commands = CLI_TRACE | CLI_RECORD | CLI_REPLAY,
		.help = "show the kernel stack of each check (an array in JSON)",
		.set = set_print_stack,
	},
	{
		.group = "How to trace",
		.name = "backend",
		.commands = CLI_LIVE | CLI_DOCTOR,
		.arg = "SPEC",
		.help = "auto (default), a backend or one of its variants, such as bpf or "
			"bpf:kprobe; captrace fails if the one named does not work",
		.set = set_backend,
	},
	{
		.name = "btf",
		.commands = CLI_LIVE | CLI_DOCTOR,
		.arg = "FILE",
		.help = "types for a kernel without BTF: a file with raw BTF, or a vmlinux",
		.set = set_btf,
	},
	{
		.name = "host-root",
		.arg = "DIR",
		.help = "where the host's / is mounted if captrace runs in a container; the "
			"state of container runtimes is read there",
		.set = cli_set_host_root,
	},
	{
		.name = "buffer-size",
		.arg = "SIZE[K|M|G]",
		.help = "buffer for events that captrace has not read yet",
		.set = set_buffer_size,
	},
	{
		.name = "overhead",
		.arg = "EVENT[,EVENT…]",
		.optional = true,
		.help = "report at the end what tracing cost captrace itself: events by their "
			"names in libpfm4 (default: task-clock, context-switches, page-faults, "
			"and cycles and instructions where the processor counts them)",
		.set = set_overhead,
	},
	{
		.name = "timeout",
		.arg = "SEC",
		.help = "stop after this many seconds (fractions allowed)",
		.set = set_timeout,
	},
	{
		.name = "max-events",
		.commands = CLI_ANY,
		.arg = "N",
		.help = "stop after showing this many events",
		.set = set_max_events,
	},
	{
		.group = "About captrace",
		.name = "verbose",
		.commands = CLI_ANY,
		.letter = 'v',
		.help = "explain decisions (-vv: include library messages)",
		.set = set_verbose,
	},
	{
		.name = "version",
		.commands = CLI_ANY,
		.help = "show the version and what is built in",
		.set = set_version,
	},
	{
		.name = "help",
		.commands = CLI_ANY,
		.letter = 'h',
		.arg = "columns",
		.optional = true,
		.help = "show this help, or the list of columns",
		.set = set_help,
	},
};

const size_t cli_options_len = ARRAY_SIZE(cli_options);

_Static_assert(ARRAY_SIZE(cli_options) <= CLI_OPTIONS_MAX, "CLI_OPTIONS_MAX is too small");
