// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/session/run.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/event/origin.h"
#include "core/identity/identity.h"
#include "core/identity/pending_target.h"
#include "core/output/out.h"
#include "core/session/command.h"
#include "core/session/overhead.h"
#include "core/session/session.h"
#include "core/session/unique.h"
#include "core/sink.h"

#define UNIQUE_MAX   16384 /* rows, some hundred bytes each */
#define NEXT_VARIANT (-1)  /* not an exit code: try the next variant */

struct run {
	const struct run_cfg *cfg;
	const struct plan_request *request; /* cfg->request */
	struct command *command;
	struct plan_command held; /* the held command's pid and path */
	struct backend_search search;
	struct backend_cfg backend_cfg; /* the open backend borrows it */
	struct backend *backend;
	char variant[64]; /* name of the open variant */
	struct identity *identity;
	struct unique *unique;
	int fd; /* output file */
	struct out *out;
	struct sink *sink;
	struct cap_origin origin; /* describes what is traced, unless recordings do */
};

int run_report(const struct err *e, int code)
{
	fprintf(stderr, "captrace: %s\n", e->msg);
	return code;
}

/*
 * The exit code for a failure of captrace itself. With a command, it must not look like a code of
 * the command's.
 */
static int own_failure(const struct run *r, int code)
{
	return r->request->command ? EXIT_CAPTRACE : code;
}

static int report_failure(const struct run *r, const struct err *e)
{
	return run_report(e, own_failure(r, EXIT_FAILED));
}

/* Reports why no backend works, and how to send a bug report, unless a privilege is missing. */
static int report_backend(const struct run *r, const struct err *e)
{
	bool privilege = e->code == -EPERM || e->code == -EACCES;

	fprintf(stderr, "captrace: %s%s\n", e->msg,
		privilege ? "" : " (to report it: captrace doctor --bundle FILE)");
	return own_failure(r, EXIT_NO_BACKEND);
}

static int spawn(struct run *r, struct err *e)
{
	if (!r->request->command)
		return 0;
	switch (command_spawn(&r->command, r->request->command, r->cfg->user, e)) {
	case 0:
		r->held.pid = command_pid(r->command);
		r->held.path = command_path(r->command);
		return 0;
	case -ENOENT:
		return run_report(e, EXIT_NOT_FOUND);
	case -EACCES:
		return run_report(e, EXIT_CANNOT_EXEC);
	case -EINVAL:
		return run_report(e, EXIT_USAGE);
	default:
		return run_report(e, EXIT_CAPTRACE);
	}
}

/*
 * Without cgroups, containers and units are unknown. That is an error only if the filter needs
 * them.
 */
static int open_identity(struct run *r, struct err *e)
{
	const struct identity_cfg cfg = {
		.root = r->cfg->host_root,
		.filter = r->request->filter,
		.pending = r->cfg->pending,
		.containers = plan_fields(r->request) & FIELDS_CONTAINER,
	};

	if (!plan_needs_identity(r->request) || !identity_new(&r->identity, &cfg, e))
		return 0;
	if (filter_needs(r->request->filter) & FIELDS_IDENTITY)
		return report_failure(r, e);
	log_verbose("containers and units are unknown: %s", e->msg);
	return 0;
}

static int open_backend(struct run *r, struct err *e)
{
	int rc;

	plan_backend(r->request, &r->held, &r->backend_cfg);
	if (r->identity)
		r->backend_cfg.cgroups = identity_hierarchy(r->identity);
	rc = backend_open(&r->backend, &r->search, &r->backend_cfg, e);
	if (rc && r->request->files_len)
		return run_report(e, EXIT_FAILED);
	if (rc == -EBADMSG)
		return run_report(e, EXIT_USAGE);
	if (rc)
		return report_backend(r, e);
	backend_name(r->backend, r->variant, sizeof(r->variant));
	return 0;
}

/* The fields that the backend gives, and those that identity finds from them. */
static uint64_t fields_given(const struct run *r)
{
	uint64_t given = r->backend->ops->fields(r->backend);

	if (r->identity && identity_served(r->identity, given))
		given |= FIELDS_IDENTITY;
	return given;
}

static int check_filter(const struct run *r, struct err *e)
{
	int rc = plan_check_filter(r->request->filter, fields_given(r), r->variant, r->search.table,
				   e);

	return rc ? run_report(e, EXIT_USAGE) : 0;
}

static int open_unique(struct run *r, struct err *e)
{
	if (!r->request->unique)
		return 0;
	r->unique = unique_new(UNIQUE_MAX);
	if (r->unique)
		return 0;
	err_nomem(e);
	return report_failure(r, e);
}

static int open_output(struct run *r, struct err *e)
{
	const char *file = r->cfg->file;

	r->fd = STDOUT_FILENO;
	if (file && strcmp(file, "-") != 0)
		r->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (r->fd < 0)
		return err_sys(e, -errno, "%s", file);
	r->out = out_new(r->fd);
	return r->out ? 0 : err_nomem(e);
}

static int open_sink(struct run *r, struct err *e)
{
	size_t origins_len = 1;
	const struct cap_origin *origins = backend_origins(r->backend, &origins_len);
	struct sink_cfg cfg = {
		.cols = r->request->cols,
		.cols_len = r->request->cols_len,
		.header = r->cfg->header,
		.kstack = r->request->kstack,
		.origins = origins ? origins : &r->origin,
		.origins_len = origins_len,
		.advise = r->request->advise,
	};

	if (!origins)
		plan_describe(r->request, fields_given(r), r->variant, &r->held, &r->origin);
	if (open_output(r, e))
		return report_failure(r, e);
	cfg.out = r->out;
	cfg.width = session_width(r->fd);
	if (r->request->sink->open(&r->sink, &cfg, e))
		return report_failure(r, e);
	return 0;
}

/* If the backend can't tell start-up apart, its checks can't be hidden, and the user is told so. */
static int start_identity(struct run *r, struct err *e)
{
	if (!r->identity)
		return 0;
	if (r->request->hide_startup && !(r->backend->ops->fields(r->backend) & FIELD(STARTUP)))
		log_note("%s can't tell runtime start-up apart: its checks are shown, too",
			 r->variant);
	if (identity_start(r->identity, backend_cgroup_feed(r->backend), e))
		return report_failure(r, e);
	return 0;
}

static void tell_summary(const struct run *r, const struct run_summary *res)
{
	uint64_t unknown = r->identity ? identity_unknown(r->identity) : 0;

	if (res->lost)
		log_note("lost %" PRIu64 " events in all: the output is incomplete "
			 "(--buffer-size makes the ring larger)",
			 res->lost);
	if (res->unaudited && r->cfg->tell & RUN_TELL_UNAUDITED)
		log_note("left out %" PRIu64 " unaudited checks (--all shows them)",
			 res->unaudited);
	if (r->unique && unique_full(r->unique))
		log_note("more than %d combinations: the events of later ones are all shown, "
			 "without counts",
			 UNIQUE_MAX);
	if (res->startup)
		log_note("left out %" PRIu64
			 " checks of the runtime's start-up (--startup shows them)",
			 res->startup);
	if (r->cfg->pending && r->identity)
		pending_target_tell_missing(r->cfg->pending);
	if (unknown)
		log_note("%" PRIu64
			 " checks came from cgroups that were gone before captrace could "
			 "look at them: their container or unit is unknown",
			 unknown);
	if (res->incomplete && r->cfg->tell & RUN_TELL_INCOMPLETE)
		log_note("incomplete: %s", res->incomplete);
}

/* Closes all that belongs to one variant's session, so that another variant can be tried. */
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

/* Tries the next variant, if there is one. Nothing has been shown or run yet. */
static int not_started(struct run *r, struct err *e)
{
	if (!backend_reject(&r->search, r->backend, e))
		return report_backend(r, e);
	close_session(r);
	*e = (struct err){0};
	return NEXT_VARIANT;
}

static int session_failed(struct run *r, const struct run_summary *res, struct err *e)
{
	if (res->exec_error)
		return run_report(e,
				  res->exec_error == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC);
	if (res->not_started && !r->backend->ops->recorded)
		return not_started(r, e);
	return report_failure(r, e);
}

static int trace(struct run *r, struct err *e)
{
	const struct plan_request *q = r->request;
	struct run_summary res;
	const struct session_cfg cfg = {
		.backend = r->backend,
		.filter = q->filter,
		.identity = r->identity,
		.hide_startup = q->hide_startup,
		.unique = r->unique,
		.sink = r->sink,
		.out = r->out,
		.command = r->command,
		.unaudited = q->unaudited,
		.timeout_ns = r->cfg->timeout_ns,
		.max_events = r->cfg->max_events,
		.output = r->fd,
		.watch = q->follow ? NULL : q->pids,
		.watch_len = q->follow ? 0 : q->pids_len,
		.keep = backend_keeps(r->backend),
	};

	overhead_mark(r->cfg->overhead);
	if (session_run(&cfg, &res, e))
		return session_failed(r, &res, e);
	/* Stop identity before pending targets are reported, because its worker changes them. */
	identity_stop(r->identity);
	if (!res.closed)
		tell_summary(r, &res);
	overhead_tell(r->cfg->overhead, res.shown);
	if (sink_exit_code(r->sink))
		return sink_exit_code(r->sink);
	/* If a limit ended both tracing and the command, neither has failed. */
	return r->command && !res.limit ? command_exit_code(r->command) : EXIT_DONE;
}

static int attempt(struct run *r, struct err *e)
{
	int code = open_identity(r, e);

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

int run_all(const struct run_cfg *cfg, const struct backend_ops *const *table)
{
	struct run r = {
		.cfg = cfg,
		.request = &cfg->request,
		.search = {.table = table, .spec = plan_spec(&cfg->request)},
		.fd = -1,
	};
	struct err e = {0};
	int code = spawn(&r, &e);

	/* Counting starts after the fork, so that the command is not counted. */
	overhead_start(cfg->overhead);
	if (!code)
		do
			code = attempt(&r, &e);
		while (code == NEXT_VARIANT);
	close_session(&r);
	command_free(r.command);
	return code;
}
