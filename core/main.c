// SPDX-License-Identifier: GPL-2.0-or-later
/* Sequencing only: what happens in which order, and which exit code comes of it. */
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "backends/doctor.h"
#include "backends/registry.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/signals.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "core/event/origin.h"
#include "core/identity/identity.h"
#include "core/identity/pending_target.h"
#include "core/output/out.h"
#include "core/output/sinks.h"
#include "core/session/command.h"
#include "core/session/overhead.h"
#include "core/session/session.h"
#include "core/session/unique.h"

#define UNIQUE_MAX 16384 /* rows of some hundred bytes */
#define AGAIN      (-1)  /* no exit code: with the next variant */

struct run {
	struct cli cli;
	struct command *command;
	struct backend_search search;
	struct backend *backend;
	struct identity *identity;
	bool hide_startup;
	struct unique *unique;
	int fd; /* of the output */
	struct out *out;
	struct sink *sink;
	struct cap_origin origin; /* what is traced, where it is no recording */
};

static int report(const struct err *e, int code)
{
	fprintf(stderr, "captrace: %s\n", e->msg);
	return code;
}

/* captrace's own failure: with a command the code must not look like one of the command's. */
static int own_failure(const struct run *r, int code)
{
	return r->cli.command ? EXIT_CAPTRACE : code;
}

/* With what a report needs; who lacks a privilege has nothing to report. */
static int report_backend(const struct run *r, const struct err *e)
{
	bool host_caps = e->code == -EPERM || e->code == -EACCES;

	fprintf(stderr, "captrace: %s%s\n", e->msg,
		host_caps ? "" : " (to report it: captrace doctor --bundle FILE)");
	return own_failure(r, EXIT_NO_BACKEND);
}

static int spawn(struct run *r, struct err *e)
{
	if (!r->cli.command)
		return 0;
	switch (command_spawn(&r->command, r->cli.command, r->cli.user, e)) {
	case 0:
		return 0;
	case -ENOENT:
		return report(e, EXIT_NOT_FOUND);
	case -EACCES:
		return report(e, EXIT_CANNOT_EXEC);
	case -EINVAL:
		return report(e, EXIT_USAGE);
	default:
		return report(e, EXIT_CAPTRACE);
	}
}

static uint64_t fields_wanted(const struct cli *cli)
{
	uint64_t fields = filter_needs(cli->filter) | FIELD(AUDIT);

	if (cli->sink->whole)
		fields |= (FIELDS_BACKEND & ~FIELD(KSTACK)) | FIELDS_IDENTITY;
	else
		for (size_t i = 0; i < cli->cols_len; i++)
			fields |= cli->cols[i]->needs;
	fields |= cli->sink->outcome ? FIELD(OUTCOME) | FIELD(CRED_OVERRIDE) : 0;
	fields |= cli->sink->exec ? FIELD(EXEC) : 0;
	fields |= cli->print_stack || cli->advise.explain ? FIELD(KSTACK) : 0;
	fields |= cli_hides_startup(cli) ? FIELD(STARTUP) : 0;
	fields |= cli->unique ? UNIQUE_FIELDS & ~FIELD(STARTUP) : 0;
	/* Whether what enters a cgroup prepares something depends on what that cgroup is. */
	if (fields & FIELD(STARTUP))
		fields |= FIELD(CGROUP);
	/* A backend that has no key of a cgroup may have its id, which on most machines is the same. */
	if (fields & FIELDS_IDENTITY)
		fields |= FIELD(CGROUP_KEY) | FIELD(CGROUPID);
	if (fields & FIELDS_CONTAINER)
		fields |= FIELD(MNTNS);
	return fields;
}

/* What the backend gives, and what identity makes of that. */
static uint64_t fields_given(const struct run *r)
{
	uint64_t given = r->backend->ops->fields(r->backend);

	if (r->identity && identity_served(r->identity, given))
		given |= FIELDS_IDENTITY;
	return given;
}

static void unknown_cgroup(const char *name, struct err *e)
{
	char other[64];
	bool known = backend_giving(backends, FIELD(CGROUP_KEY), other, sizeof(other));

	err_set(e, -EINVAL,
		"%s can't tell the cgroup of a task here: containers, pods and units are "
		"unknown%s%s",
		name, known ? "; where it works, it is told by " : "", known ? other : "");
}

/* A filter on what this variant can't know would silently drop everything, or nothing. */
static int check_filter(const struct run *r, struct err *e)
{
	uint64_t given = fields_given(r), needs = filter_needs(r->cli.filter) & ~given;
	const struct column *col = filter_unmet(r->cli.filter, given);
	char name[64], other[64];

	if (!needs)
		return 0;
	backend_name(r->backend, name, sizeof(name));
	if (needs & FIELDS_IDENTITY)
		unknown_cgroup(name, e);
	else if (!backend_giving(backends, col->needs, other, sizeof(other)))
		err_set(e, -EINVAL, "filter on '%s': no backend gives it here", col->name);
	else
		err_set(e, -EINVAL,
			"filter on '%s': %s can't tell it on this kernel; where it works, %s can "
			"(captrace doctor says what works)",
			col->name, name, other);
	return report(e, EXIT_USAGE);
}

/* The kernel that is traced, in the words that a recording of it has. */
static void describe(struct run *r, uint64_t wanted)
{
	struct cap_origin *src = &r->origin;
	pid_t first = r->command ? command_pid(r->command) : r->cli.pids_len ? r->cli.pids[0] : 0;

	origin_init(src);
	backend_name(r->backend, src->variant, sizeof(src->variant));
	src->fields = fields_given(r) & wanted;
	src->unaudited = r->cli.unaudited;
	src->command = r->cli.command;
	src->path = r->command ? command_path(r->command) : NULL;
	src->pids = r->cli.pids;
	src->pids_len = r->cli.pids_len;
	if (first)
		cap_sets_read(&src->sets, first);
}

/* Where there are no cgroups, identity is unknown; only who asked for it has to be told so. */
static int open_identity(struct run *r, uint64_t wanted, struct err *e)
{
	const struct identity_cfg cfg = {
		.root = r->cli.host_root,
		.filter = r->cli.filter,
		.pending = r->cli.pending,
		.containers = wanted & FIELDS_CONTAINER,
	};

	if (r->cli.files_len || !(wanted & FIELDS_IDENTITY))
		return 0;
	if (!identity_new(&r->identity, &cfg, e))
		return 0;
	if (filter_needs(r->cli.filter) & FIELDS_IDENTITY)
		return report(e, own_failure(r, EXIT_FAILED));
	log_verbose("who asked is unknown: %s", e->msg);
	return 0;
}

/* Whether what decides about an event, and what advice is by, is in what a tally has. */
static bool can_aggregate(const struct cli *cli)
{
	return cli->sink->aggregate && !(filter_needs(cli->filter) & ~UNIQUE_FIELDS) &&
	       cli->advise.by != ADVISE_BY_UID;
}

static int open_backend(struct run *r, struct err *e)
{
	const struct cli *cli = &r->cli;
	pid_t command = r->command ? command_pid(r->command) : 0;
	int rc;
	struct backend_cfg cfg = {
		.btf_path = cli->btf_path,
		.buffer_size = cli->buffer_size,
		.fields = fields_wanted(cli),
		.cgroups = r->identity ? identity_hierarchy(r->identity) : NULL,
		/* What decides about an event besides has to be looked at in each. */
		.unique = cli->unique && !(filter_needs(cli->filter) & ~UNIQUE_FIELDS),
		.aggregate = can_aggregate(cli),
		.by_cgroup = filter_needs(cli->filter) & FIELDS_IDENTITY,
		.files = cli->files,
		.files_len = cli->files_len,
		.target =
			{
				.all = !command && !cli->pids_len,
				.follow = command || cli->follow,
				.pids = command ? &command : cli->pids,
				.pids_len = command ? 1 : cli->pids_len,
				.command = command,
			},
	};

	filter_pushdown(cli->filter, !cli->unaudited, &cfg.prefilter);
	r->search.table = backends;
	r->search.spec = cli->files_len ? "replay" : cli->backend;
	rc = backend_open(&r->backend, &r->search, &cfg, e);
	if (cli->files_len)
		return rc ? report(e, EXIT_FAILED) : 0;
	if (rc == -EBADMSG)
		return report(e, EXIT_USAGE);
	if (rc)
		return report_backend(r, e);
	describe(r, cfg.fields);
	return 0;
}

/* A backend that can't tell says so: what it would hide is then shown. */
static int start_identity(struct run *r, struct err *e)
{
	char name[64];

	r->hide_startup = cli_hides_startup(&r->cli);
	if (!r->identity)
		return 0;
	if (r->hide_startup && !(r->backend->ops->fields(r->backend) & FIELD(STARTUP)))
		log_note("%s can't tell the runtime's start-up apart: it is shown, too",
			 backend_name(r->backend, name, sizeof(name)));
	if (identity_start(r->identity, r->backend, e))
		return report(e, own_failure(r, EXIT_FAILED));
	return 0;
}

static int open_output(struct run *r, struct err *e)
{
	const char *file = r->cli.file;

	r->fd = STDOUT_FILENO;
	if (file && strcmp(file, "-") != 0)
		r->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (r->fd < 0)
		return err_sys(e, -errno, "%s", file);
	r->out = out_new(r->fd);
	return r->out ? 0 : err_sys(e, -ENOMEM, "output");
}

static int open_sink(struct run *r, struct err *e)
{
	size_t len = 1;
	const struct cap_origin *origins = backend_origins(r->backend, &len);
	struct sink_cfg cfg = {
		.cols = r->cli.cols,
		.cols_len = r->cli.cols_len,
		.header = !r->cli.no_header,
		.kstack = r->cli.print_stack,
		.origins = origins ? origins : &r->origin,
		.origins_len = len,
		.advise = &r->cli.advise,
	};

	if (open_output(r, e))
		return report(e, own_failure(r, EXIT_FAILED));
	cfg.out = r->out;
	cfg.width = session_width(r->fd);
	if (r->cli.sink->open(&r->sink, &cfg, e))
		return report(e, own_failure(r, EXIT_FAILED));
	return 0;
}

static int open_unique(struct run *r, struct err *e)
{
	if (!r->cli.unique)
		return 0;
	r->unique = unique_new(UNIQUE_MAX);
	if (r->unique)
		return 0;
	err_nomem(e);
	return report(e, own_failure(r, EXIT_FAILED));
}

static void tell_result(const struct run *r, const struct run_summary *res)
{
	if (res->lost)
		log_note("lost %" PRIu64 " events in all: what is shown is incomplete "
			 "(--buffer-size makes the ring larger)",
			 res->lost);
	if (res->unaudited && r->cli.cmd->bit & (CLI_TRACE | CLI_REPLAY))
		log_note("left out %" PRIu64 " unaudited checks (--all shows them)",
			 res->unaudited);
	if (r->unique && unique_full(r->unique))
		log_note("more than %d combinations: of the later ones all events are shown, and "
			 "none "
			 "counted",
			 UNIQUE_MAX);
	if (res->startup)
		log_note("left out %" PRIu64
			 " checks of the runtime's start-up (--startup shows them)",
			 res->startup);
	if (r->cli.pending && r->identity)
		pending_target_tell_missing(r->cli.pending);
	if (r->identity && identity_unknown(r->identity))
		log_note("%" PRIu64 " checks were in cgroups that were gone before they could be "
			 "looked at: who made them is unknown",
			 identity_unknown(r->identity));
	if (res->incomplete && r->cli.cmd->bit != CLI_ADVISE)
		log_note("incomplete: %s", res->incomplete);
}

/* What a session of a backend has, so that one of another can follow. */
static void close_session(struct run *r)
{
	if (r->sink)
		r->sink->ops->close(r->sink);
	identity_stop(r->identity);
	if (r->backend)
		r->backend->ops->close(r->backend);
	identity_free(r->identity);
	unique_free(r->unique);
	out_free(r->out);
	if (r->fd > STDERR_FILENO)
		close(r->fd);
	r->sink = NULL;
	r->backend = NULL;
	r->identity = NULL;
	r->unique = NULL;
	r->out = NULL;
	r->fd = -1;
}

/* AGAIN, with another variant, if there is one; nothing has been shown or run yet. */
static int not_started(struct run *r, struct err *e)
{
	if (!backend_reject(&r->search, r->backend, e))
		return report_backend(r, e);
	close_session(r);
	*e = (struct err){0};
	return AGAIN;
}

static int trace(struct run *r, struct err *e)
{
	const struct backend_ops *ops = r->backend->ops;
	const struct cli *cli = &r->cli;
	struct run_summary res;
	struct session_cfg cfg = {
		.backend = r->backend,
		.filter = cli->filter,
		.identity = r->identity,
		.hide_startup = r->hide_startup,
		.unique = r->unique,
		.sink = r->sink,
		.out = r->out,
		.command = r->command,
		.unaudited = cli->unaudited,
		.timeout_ns = cli->timeout_ns,
		.max_events = cli->max_events,
		.output = r->fd,
		.watch = cli->follow ? NULL : cli->pids,
		.watch_len = cli->follow ? 0 : cli->pids_len,
		.keep = backend_keeps(r->backend),
	};

	overhead_mark(cli->overhead);
	if (session_run(&cfg, &res, e)) {
		if (res.exec_error)
			return report(e, res.exec_error == -ENOENT ? EXIT_NOT_FOUND
								   : EXIT_CANNOT_EXEC);
		if (res.not_started && !ops->recorded)
			return not_started(r, e);
		return report(e, own_failure(r, EXIT_FAILED));
	}
	/* What it waited for is about to be told. */
	identity_stop(r->identity);
	if (!res.closed)
		tell_result(r, &res);
	overhead_tell(cli->overhead, res.shown);
	if (sink_exit_code(r->sink))
		return sink_exit_code(r->sink);
	/* A limit that ended the command with the tracing is no failure of either. */
	return r->command && !res.limit ? command_exit_code(r->command) : EXIT_DONE;
}

static int doctor(struct run *r, struct err *e)
{
	struct doctor_cfg cfg = {
		.table = backends,
		.backend = r->cli.backend,
		.btf_path = r->cli.btf_path,
		.json = r->cli.sink != &columns_sink_ops,
		.pretty = r->cli.sink == &jsonpretty_sink_ops,
		.bundle = r->cli.bundle,
	};
	bool report_too = !cfg.bundle || strcmp(cfg.bundle, "-") != 0;
	int rc;

	/* Without: what tells one cgroup from another is missing, and said to be. */
	if (!open_identity(r, FIELDS_IDENTITY, e) && r->identity)
		cfg.cgroups = identity_hierarchy(r->identity);
	r->out = out_new(STDOUT_FILENO);
	if (!r->out)
		return report(e, EXIT_FAILED);
	rc = doctor_run(&cfg, report_too ? r->out : NULL, e);
	if (rc && rc != -ENOTSUP)
		return report(e, EXIT_FAILED);
	if (cfg.bundle && report_too)
		log_note("%s is written: look it over before you send it", cfg.bundle);
	return rc ? EXIT_NO_BACKEND : EXIT_DONE;
}

static int attempt(struct run *r, struct err *e)
{
	int code = open_identity(r, fields_wanted(&r->cli), e);

	if (!code)
		code = open_backend(r, e);
	if (!code)
		code = check_filter(r, e);
	if (!code)
		code = open_unique(r, e);
	if (!code)
		code = open_sink(r, e);
	if (!code)
		code = start_identity(r, e);
	return code ? code : trace(r, e);
}

static int run(struct run *r, int argc, char **argv)
{
	const struct cli_build build = {.backends = backends, .print = registry_print_builtin};
	struct err e = {0};
	int code, rc;

	rc = cli_parse(&r->cli, &build, argc, argv, &e);
	if (rc)
		return report(&e, rc == -EINVAL ? EXIT_USAGE : EXIT_FAILED);
	if (r->cli.answered)
		return EXIT_DONE;
	if (r->cli.cmd->bit == CLI_DOCTOR)
		return doctor(r, &e);
	code = spawn(r, &e);
	/* The command is no child of what counts. */
	overhead_start(r->cli.overhead);
	if (code)
		return code;
	do
		code = attempt(r, &e);
	while (code == AGAIN);
	return code;
}

int main(int argc, char **argv)
{
	struct run r = {0};
	int code;

	setlocale(LC_CTYPE, "");
	signals_block();
	code = run(&r, argc, argv);
	close_session(&r);
	command_free(r.command);
	cli_free(&r.cli);
	return code;
}
