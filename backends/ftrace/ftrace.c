// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ftrace backend: probes defined through tracefs, read through perf events (ftrace:perf) or
 * through the rings of private tracefs instances (ftrace:ring).
 */
#include <poll.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "compat/calibrate/callers.h"
#include "compat/host/host_caps.h"
#include "compat/host/kstack.h"
#include "compat/host/ksyms.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "ftrace/discover/discovery.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/probe_group.h"
#include "ftrace/probe/returns.h"
#include "ftrace/task/comms.h"
#include "ftrace/task/follow.h"
#include "ftrace/task/startup.h"
#include "ftrace/task/task_notes.h"

static int open_feed(struct ftrace_backend *b, struct err *e)
{
	struct feed_cfg fc = {
		.tracedir = b->ctx.tracedir,
		.system = probe_group_name(b->ctx.group),
		.instances = probe_group_instances(b->ctx.group),
		.buffer_size = b->cfg.buffer_size,
		.frames = ftrace_frames(b),
	};
	int rc;

	if (b->pair) {
		b->returns = returns_new(ftrace_on_verdict, b);
		if (!b->returns)
			return err_sys(e, -ENOMEM, "ftrace");
	}
	rc = b->ctx.feed_ops->open(&b->feed, &fc, e);
	if (!rc)
		rc = ftrace_attach(b, e);
	if (!rc && b->feed->clock_unknown) {
		if (b->fields & b->cfg.fields & FIELD(TIMESTAMP))
			log_note("timestamp is unknown: this kernel's trace clock cannot be "
				 "converted to wall-clock time");
		b->fields &= ~FIELD(TIMESTAMP);
	}
	if (!rc && b->feed->stacks_unknown) {
		if (b->fields & b->cfg.fields & FIELD(KSTACK))
			log_note("kstack is unknown: trace instances cannot record stacks on this "
				 "kernel (requires Linux 4.4); use ftrace:perf");
		b->fields &= ~FIELD(KSTACK);
	}
	return rc;
}

/* Symbols are only read for stacks, and to identify callers if audit depends on them. */
static int load_symbols(struct ftrace_backend *b, struct err *e)
{
	bool stacks = b->cfg.fields & FIELD(KSTACK), audit = b->ctx.main != HOOK_MAIN;
	struct err why = {0};
	int rc = 0;

	b->frames = stacks ? calloc(FEED_FRAMES_MAX, sizeof(*b->frames)) : NULL;
	if (stacks)
		rc = b->frames ? kstack_load_symbols(&b->ksyms) : -ENOMEM;
	if (rc)
		return err_sys(e, rc, "stacks");
	rc = audit ? callers_new(&b->audit, &why) : 0;
	if (rc == -ENOMEM)
		return err_sys(e, rc, "symbols");
	if (rc)
		log_note("%s; audit and insetid are unknown", why.msg);
	return 0;
}

/*
 * An event probe can fetch all that a kprobe can; without one there are only the tracepoint's
 * fields.
 */
static int choose_tracepoint(struct ftrace_backend *b, struct err *e)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	cleanup_free struct fetch_map *map = malloc(sizeof(*map));
	const struct probe_def try = {
		.event = "try", .type = PROBE_EVENT, .place = hook_symbol(HOOK_EPROBE)};
	int rc;

	if (!f || !map)
		return err_sys(e, -ENOMEM, "ftrace");
	if (!feature_has(&b->ctx.features, FEATURE_CAP_TRACEPOINT))
		return err_set(e, -ENOENT,
			       "this kernel has no tracepoint capability:cap_capable (added in "
			       "Linux 6.14)");
	fetch_expr(f, FETCH_CAP, FETCH_S32, "$cap");
	/* Event probes exist since 5.15 (7491e2c44278), with CONFIG_EPROBE_EVENTS. */
	rc = probe_group_define(b->ctx.group, &try, f, map, NULL);
	if (rc >= 0) {
		probe_group_remove(b->ctx.group, "try");
		b->ctx.main = HOOK_EPROBE;
		b->ctx.feed_ops = &feed_ring; /* event probes do not work with perf */
		return 0;
	}
	log_verbose("ftrace:tracepoint: event probes are not available: %s", strerror(-rc));
	b->ctx.main = HOOK_TRACEPOINT;
	b->comms = comms_new();
	return b->comms ? 0 : err_sys(e, -ENOMEM, "ftrace");
}

static int choose_mode(struct ftrace_backend *b, struct err *e)
{
	ptrdiff_t variant = b->base.variant - ftrace_backend_ops.variants;
	int rc = 0;

	b->ctx.feed_ops = &feed_perf;
	b->ctx.main = HOOK_MAIN;
	if (variant == FTRACE_RING)
		b->ctx.feed_ops = &feed_ring;
	if (variant == FTRACE_TRACEPOINT)
		rc = choose_tracepoint(b, e);
	return rc ? rc : probe_context_check(&b->ctx, e);
}

static int run_steps(struct ftrace_backend *b, struct err *e)
{
	int rc = discovery_run(b->discovery, e);

	if (!rc && b->ctx.main == HOOK_EPROBE && b->ctx.current) {
		b->notes = task_notes_new();
		rc = b->notes ? 0 : err_sys(e, -ENOMEM, "ftrace");
	}
	return rc ? rc : ftrace_calibrate(b, e);
}

static int run_trial(struct ftrace_backend *b, struct err *e)
{
	int rc = discovery_start(b->discovery, b->audit ? ftrace_frames(b) : 0, e);

	if (!rc)
		rc = run_steps(b, e);
	discovery_stop(b->discovery);
	return rc;
}

static int open_steps(struct ftrace_backend *b, struct err *e)
{
	int rc = probe_context_open(&b->ctx, e);
	bool users_file = false; /* the error is in a file that the user gave */

	if (!rc)
		rc = choose_mode(b, e);
	if (!rc)
		rc = discovery_open(&b->discovery, &b->ctx, b->cfg.fields, e);
	if (!rc)
		rc = load_symbols(b, e);
	if (!rc && b->ctx.main != HOOK_TRACEPOINT) {
		rc = discovery_load_layout(&b->ctx, b->cfg.btf_path, e);
		users_file = rc;
	}
	if (!rc)
		rc = run_trial(b, e);
	if (!rc)
		rc = open_feed(b, e);
	discovery_close(b->discovery);
	b->discovery = NULL;
	/* A format of the kernel's could not be parsed: the next variant may not need it. */
	if (rc == -EBADMSG && !users_file)
		rc = e->code = -EIO;
	return rc;
}

static void ftrace_close(struct backend *base)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);

	if (b->feed)
		b->feed->ops->close(b->feed);
	probe_table_clear(&b->probes, &b->ctx);
	probe_context_close(&b->ctx);
	ksyms_free(b->ksyms);
	follow_free(b->follow);
	callers_free(b->audit);
	comms_free(b->comms);
	outcomes_free(b->outcomes);
	returns_free(b->returns);
	startup_free(b->startup);
	task_notes_free(b->notes);
	free(b->frames);
	free(b->pids);
	free(b);
}

/* Copies the configuration and its pids, which are only borrowed until the end of open(). */
static int keep_cfg(struct ftrace_backend *b, const struct backend_cfg *cfg, struct err *e)
{
	size_t len = cfg->target.pids_len;

	b->cfg = *cfg;
	if (cfg->target.all)
		return 0;
	b->pids = calloc(len + 1, sizeof(*b->pids));
	b->follow = follow_new(&b->cfg.target);
	if (!b->pids || !b->follow)
		return err_sys(e, -ENOMEM, "ftrace");
	memcpy(b->pids, cfg->target.pids, len * sizeof(*b->pids));
	b->cfg.target.pids = b->pids;
	return 0;
}

static int ftrace_open(struct backend **out, const struct backend_cfg *cfg, struct err *e)
{
	struct ftrace_backend *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return err_sys(e, -ENOMEM, "ftrace");
	b->base.ops = &ftrace_backend_ops;
	b->base.variant = cfg->variant;
	snprintf(b->ctx.name, sizeof(b->ctx.name), "ftrace:%s", b->base.variant->name);
	b->ctx.cgroups = cfg->cgroups;
	b->caps = capname_known();
	rc = keep_cfg(b, cfg, e);
	if (!rc)
		rc = open_steps(b, e);
	if (rc) {
		ftrace_close(&b->base);
		return rc;
	}
	*out = &b->base;
	return 0;
}

static int ftrace_start(struct backend *base, struct err *e)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);
	int rc;

	b->missed_before = ftrace_missed(b);
	/* In a child PID namespace /proc has other numbers than the events. */
	if (b->comms && !b->ctx.in_child_pidns)
		comms_scan(b->comms);
	rc = b->feed->ops->start(b->feed, e);
	if (!rc && b->comms && !b->ctx.in_child_pidns)
		comms_scan(b->comms);
	/* From now on the kernel reports the threads that the target creates. */
	if (!rc && b->follow && !b->ctx.in_child_pidns)
		rc = follow_seed(b->follow);
	return rc;
}

static uint64_t ftrace_fields(const struct backend *base)
{
	return container_of(base, struct ftrace_backend, base)->fields;
}

static int ftrace_fds(const struct backend *base, struct pollfd *fds, int max)
{
	const struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);

	return b->feed->ops->fds(b->feed, fds, max);
}

static int ftrace_drain(struct backend *base, struct event_handler *handler, struct err *e)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);
	int rc;

	/* Updated at each drain, because the wall clock may have been set. */
	b->clock_offset = clock_wall_offset();
	b->handler = handler;
	ftrace_follow_cpus(b);
	rc = b->feed->ops->read(b->feed, ftrace_on_record, b);
	if (b->returns)
		returns_flush(b->returns, b->stopped && !rc);
	if (!rc && b->stopped && b->outcomes)
		outcomes_flush(b->outcomes, clock_wall_ns(), handler);
	b->handler = NULL;
	return rc < 0 ? err_sys(e, rc, "reading the rings") : rc;
}

static void ftrace_stop(struct backend *base)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);

	b->feed->ops->stop(b->feed);
	b->stopped = true;
	b->missed_read = 0;
}

static void ftrace_stats(const struct backend *base, struct backend_stats *stats)
{
	struct ftrace_backend *b =
		container_of((struct backend *)base, struct ftrace_backend, base);
	uint64_t now = clock_mono_ns();

	/* Not at every drain: the profile lists all probes of the machine. */
	if (!b->ctx.faults_missed && now - b->missed_read > NS_PER_SEC) {
		uint64_t missed = ftrace_missed(b);

		/* 0 if the profile can't be read any more. */
		if (missed > b->missed_before)
			b->missed = missed - b->missed_before;
		b->missed_read = now;
	}
	*stats = (struct backend_stats){
		.losses =
			{
				{"ring buffer", b->feed->ops->lost(b->feed)},
				{"probe", b->missed},
			},
		.losses_len = 2,
		.unaudited = b->feed->ops->counted(b->feed),
		.incomplete = b->cpu_came
				      ? "a CPU came up while tracing; its checks before captrace "
					"noticed it were not seen"
				      : NULL,
	};
}

/* Those of the tracepoint alone. With event probes it gives all fields. */
#define TRACEPOINT_FIELDS                                                                       \
	(FIELD(TIMESTAMP) | FIELD(PID) | FIELD(TID) | FIELD(COMM) | FIELD(CAP) | FIELD(AUDIT) | \
	 FIELD(INSETID) | FIELD(VERDICT) | FIELD(KSTACK))

static const struct backend_variant variants[] = {
	/* Probes through tracefs, read through perf events. */
	[FTRACE_PERF] = {"perf", FIELDS_BACKEND | FIELD(OUTCOME)},
	/* Probes through tracefs, read through the rings of private instances. */
	[FTRACE_RING] = {"ring", FIELDS_BACKEND | FIELD(OUTCOME)},
	/* The tracepoint capability:cap_capable (6.14), with event probes if available. */
	[FTRACE_TRACEPOINT] = {"tracepoint", TRACEPOINT_FIELDS},
	{0},
};

const struct backend_ops ftrace_backend_ops = {
	.name = "ftrace",
	.variants = variants,
	.open = ftrace_open,
	.keeps = ftrace_keeps,
	.start = ftrace_start,
	.fields = ftrace_fields,
	.fds = ftrace_fds,
	.drain = ftrace_drain,
	.stop = ftrace_stop,
	.stats = ftrace_stats,
	.describe = ftrace_describe,
	.close = ftrace_close,
};
