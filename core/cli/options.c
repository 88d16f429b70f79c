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
		return err_set(e, -EINVAL, "empty; give a user's name or number");
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
		return err_set(e, rc, "'%s' is no number of seconds, as 10 or 0.5", arg);
	if (rc || !st->cli->timeout_ns)
		return err_set(e, -EINVAL,
			       "'%s' is not more than 0 and at most %" PRIu64 " seconds", arg,
			       TIMEOUT_MAX);
	return 0;
}

static int set_max_events(struct cli_state *st, const char *arg, struct err *e)
{
	int rc = parse_u64(arg, UINT64_MAX, &st->cli->max_events);

	if (rc || !st->cli->max_events)
		return err_set(e, -EINVAL, "'%s' is no number of events from 1 on", arg);
	return 0;
}

static int set_buffer_size(struct cli_state *st, const char *arg, struct err *e)
{
	uint64_t size;
	int rc = parse_size(arg, BUFFER_MAX, &size);

	if (rc == -EINVAL)
		return err_set(e, rc, "'%s' is no size, as 512K or 8M", arg);
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
	/* getopt leaves the word of "--help columns" to the command line. */
	if (!arg && st->argv[0] && st->argv[0][0] != '-')
		arg = st->argv[0];
	if (!arg)
		cli_help(st->cli->cmd);
	else if (!strcmp(arg, "columns"))
		cli_help_columns();
	else
		return err_set(e, -EINVAL, "there is no help on '%s', only on columns", arg);
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
		.help = "checks of these processes",
		.list = true,
		.column = "pid",
	},
	{
		.name = "follow",
		.help = "with --pid: their descendants too",
		.set = set_follow,
	},
	{
		.name = "user",
		.arg = "NAME",
		.help = "run COMMAND as this user",
		.set = set_user,
	},
	{
		.group = "Whom to trace (waits for what isn't there yet)",
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
		.help = "pods of these names (-p, as in kubectl gadget; a process is\n"
			"--pid, which has no letter)",
		.set = cli_set_pods,
		.list = true,
	},
	{
		.name = "selector",
		.arg = "KEY=VALUE[,…]",
		.help = "containers and pods with all of these labels; KEY!=VALUE, KEY\n"
			"and !KEY, too",
		.set = cli_set_selector,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "unit",
		.arg = "UNIT[,UNIT…]",
		.help = "systemd units, over restarts, with all they contain (nginx,\n"
			"user@1000.service, session-3.scope)",
		.set = cli_set_units,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "cgroup",
		.arg = "PATH[,PATH…]",
		.help = "cgroups and what is below them",
		.set = cli_set_cgroups,
		.list = true,
	},
	{
		.commands = CLI_EVENTS,
		.name = "startup",
		.help = "with a container, pod or unit: also what its runtime or systemd\n"
			"does in it before its own program (the column startup)",
		.set = cli_set_startup,
	},
	{
		.group = "What to show (default: audited checks)",
		.name = "all",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "unaudited checks too",
		.set = set_all,
	},
	{
		.name = "audit-only",
		.commands = CLI_TRACE | CLI_RECORD | CLI_REPLAY,
		.help = "audited checks alone",
		.set = set_audit_only,
	},
	{
		.name = "cap",
		.commands = CLI_ANY,
		.arg = "CAP[,CAP…]",
		.help = "these capabilities (SYS_NICE, cap_sys_nice or 23)",
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
		.help = "checks of these users (number or name)",
		.list = true,
		.column = "uid",
	},
	{
		.name = "comm",
		.commands = CLI_ANY,
		.arg = "COMM[,COMM…]",
		.help = "checks of threads with these command names",
		.list = true,
		.column = "comm",
	},
	{
		.name = "syscall",
		.commands = CLI_ANY,
		.arg = "NAME[,NAME…]",
		.help = "checks made for these system calls",
		.list = true,
		.column = "syscall",
	},
	{
		.name = "filter",
		.commands = CLI_ANY,
		.letter = 'F',
		.arg = "'COLUMN OP VALUE'",
		.help = "only what matches; OP is == != > >= < <= ~ !~ (regular\n"
			"expression); repeated: all have to match",
		.set = set_filter,
	},
	{
		.name = "unique",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "a row for each new combination of subject (container or unit, and\n"
			"command name), capability, verdict, audit, system call and target\n"
			"namespace, with a closing count of each",
		.set = set_unique,
	},
	{
		.group = "Output",
		.name = "output",
		.commands = CLI_TRACE | CLI_REPLAY | CLI_DOCTOR,
		.letter = 'o',
		.arg = "FORMAT",
		.help = "columns (default), columns=NAME,…, json, jsonpretty, yaml",
		.set = cli_set_output,
	},
	{
		.name = "output",
		.commands = CLI_RECORD,
		.letter = 'o',
		.arg = "FILE",
		.help = "where to; - is standard output",
		.set = cli_set_file,
	},
	{
		.name = "output",
		.commands = CLI_ADVISE,
		.letter = 'o',
		.arg = "FORMAT",
		.help = "text (default), json, or one of --format's",
		.set = cli_set_format,
	},
	{
		.name = "format",
		.commands = CLI_ADVISE,
		.arg = "FORMAT",
		.help = "for what enforces it: kubernetes (a securityContext), docker and\n"
			"podman (flags of run), systemd (a drop-in), setcap (the command),\n"
			"oci (of config.json)",
		.set = cli_set_format,
	},
	{
		.name = "bundle",
		.commands = CLI_DOCTOR,
		.arg = "FILE",
		.help = "write to a new FILE (- is standard output, in place of the report) what\n"
			"mending a fault on this machine takes: the kernel's version, config and\n"
			"formats, and what was tried; without kernel addresses",
		.set = set_bundle,
	},
	{
		.name = "write",
		.commands = CLI_ADVISE,
		.letter = 'w',
		.arg = "FILE",
		.help = "there and not to standard output, which the command may use too",
		.set = cli_set_file,
	},
	{
		.name = "by",
		.commands = CLI_ADVISE,
		.arg = "WHAT",
		.help = "advice for each comm, exe, container, unit, pod or uid; default: for\n"
			"the command or processes as a whole, else for each comm",
		.set = cli_set_by,
	},
	{
		.name = "explain",
		.commands = CLI_ADVISE,
		.arg = "CAP[,CAP…]",
		.help = "all about these capabilities: kernel stacks, alternatives",
		.set = cli_set_explain,
	},
	{
		.name = "expect",
		.commands = CLI_ADVISE,
		.arg = "LIST|FILE",
		.help = "fail (4) if more is needed than these capabilities, none, or what\n"
			"FILE lists; advise -o json writes such a file",
		.set = cli_set_expect,
	},
	{
		.name = "allow-incomplete",
		.commands = CLI_ADVISE,
		.help = "don't fail (5) where events were lost or not all can be known",
		.set = cli_set_allow_incomplete,
	},
	{
		.name = "no-header",
		.commands = CLI_TRACE | CLI_REPLAY,
		.help = "columns without their heading",
		.set = set_no_header,
	},
	{
		.name = "print-stack",
		.commands = CLI_TRACE | CLI_RECORD | CLI_REPLAY,
		.help = "kernel stack under each row, as an array in JSON",
		.set = set_print_stack,
	},
	{
		.group = "How",
		.name = "backend",
		.commands = CLI_LIVE | CLI_DOCTOR,
		.arg = "SPEC",
		.help = "auto (default), or a backend or one variant of it, as bpf or\n"
			"bpf:kprobe; one that is named is used or fails",
		.set = set_backend,
	},
	{
		.name = "btf",
		.commands = CLI_LIVE | CLI_DOCTOR,
		.arg = "FILE",
		.help = "types of a kernel that has none itself: raw BTF or a vmlinux",
		.set = set_btf,
	},
	{
		.name = "host-root",
		.arg = "DIR",
		.help = "where the machine's / is, for captrace in a container: the state\n"
			"of container runtimes is read there",
		.set = cli_set_host_root,
	},
	{
		.name = "buffer-size",
		.arg = "SIZE[K|M|G]",
		.help = "room for events that are not yet read",
		.set = set_buffer_size,
	},
	{
		.name = "overhead",
		.arg = "EVENT[,EVENT…]",
		.optional = true,
		.help = "what tracing cost captrace, at the end: events by libpfm4's names\n"
			"(default: task-clock, context-switches, page-faults, and cycles and\n"
			"instructions where the processor counts them)",
		.set = set_overhead,
	},
	{
		.name = "timeout",
		.arg = "SEC",
		.help = "end after so many seconds (fractions allowed)",
		.set = set_timeout,
	},
	{
		.name = "max-events",
		.commands = CLI_ANY,
		.arg = "N",
		.help = "end after so many events shown",
		.set = set_max_events,
	},
	{
		.group = "About captrace",
		.name = "verbose",
		.commands = CLI_ANY,
		.letter = 'v',
		.help = "say why things were decided; twice: the libraries' words too",
		.set = set_verbose,
	},
	{
		.name = "version",
		.commands = CLI_ANY,
		.help = "version and what is built in",
		.set = set_version,
	},
	{
		.name = "help",
		.commands = CLI_ANY,
		.letter = 'h',
		.arg = "columns",
		.optional = true,
		.help = "this, or what columns there are",
		.set = set_help,
	},
};

const size_t cli_options_len = ARRAY_SIZE(cli_options);

_Static_assert(ARRAY_SIZE(cli_options) <= CLI_OPTIONS_MAX, "CLI_OPTIONS_MAX is too small");
