// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ftrace backend: probes defined through tracefs, read through perf events (ftrace:perf) or
 * through the rings of private tracefs instances (ftrace:ring).
 */
#include <event-parse.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <tracefs.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "compat/calibrate/callers.h"
#include "compat/host/host_caps.h"
#include "compat/host/kstack.h"
#include "compat/host/ksyms.h"
#include "compat/host/machine.h"
#include "compat/host/tracedir.h"
#include "compat/layout/layout_load.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/pidns.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/instances.h"
#include "ftrace/probe/returns.h"
#include "ftrace/task/comms.h"
#include "ftrace/task/follow.h"
#include "ftrace/task/startup.h"
#include "ftrace/task/task_notes.h"

/* Bytes of a long in the kernel, as its ring buffer pages have it. */
static int kernel_word(const struct tracedir *t)
{
	struct tep_handle *tep = tep_alloc();
	char buf[1024];
	int n = tracedir_read(t, buf, sizeof(buf), "events/header_page"), word = 0;

	if (tep && n > 0 && !tep_parse_header_page(tep, buf, (unsigned long)n, sizeof(long)))
		word = tep_get_header_page_size(tep);
	tep_free(tep);
	return word;
}

static int open_tracing(struct ftrace_backend *b, struct err *e)
{
	int rc = tracedir_open(&b->tracedir, e);

	if (rc)
		return rc;
	b->machine = machine_of_kernel(kernel_word(b->tracedir));
	if (!b->machine)
		return err_set(e, -EOPNOTSUPP, "probes on this machine are not known to captrace");
	return probe_group_new(&b->group, b->tracedir, e);
}

/*
 * Those that may come up later, too, as far as a probe more isn't needed to ask for their
 * addresses.
 */
static int cpus_room(const struct cpus *online)
{
	struct cpus possible;

	cpus_possible(&possible);
	return MAX(online->len, MIN(possible.len, (online->len + 63) & ~63));
}

/* All the steps are done by one CPU, so that one CPU's probe sees them. */
static int bind_calibrator(struct ftrace_backend *b, struct err *e)
{
	cpu_set_t set;

	cpus_online(&b->cpus);
	b->cpus_room = cpus_room(&b->cpus);
	while (!cpus_has(&b->cpus, b->cpu))
		b->cpu++;
	CPU_ZERO(&set);
	CPU_SET(b->cpu, &set);
	/* Not critical: elsewhere the task's fields would be missing, and calibration says so. */
	sched_setaffinity(calibrator_pid(b->calibrator), sizeof(set), &set);
	return 0;
}

static int open_feed(struct ftrace_backend *b, struct err *e)
{
	struct feed_cfg fc = {
		.tracedir = b->tracedir,
		.system = probe_group_name(b->group),
		.instances = probe_group_instances(b->group),
		.buffer_size = b->cfg.buffer_size,
		.frames = ftrace_frames(b),
	};
	int rc;

	if (b->pair) {
		b->returns = returns_new(ftrace_on_verdict, b);
		if (!b->returns)
			return err_sys(e, -ENOMEM, "ftrace");
	}
	rc = b->feed_ops->open(&b->feed, &fc, e);
	if (!rc)
		rc = ftrace_attach(b, e);
	if (!rc && b->feed->clock_unknown) {
		if (b->fields & b->cfg.fields & FIELD(TIMESTAMP))
			log_note("timestamp is unknown: this kernel's records are timed by a clock "
				 "of their own");
		b->fields &= ~FIELD(TIMESTAMP);
	}
	if (!rc && b->feed->stacks_unknown) {
		if (b->fields & b->cfg.fields & FIELD(KSTACK))
			log_note("kstack is unknown: this kernel's trace instances can't record "
				 "stacks (4.4); ftrace:perf does");
		b->fields &= ~FIELD(KSTACK);
	}
	return rc;
}

/* Symbols are read only for stacks, and for who tells audit. */
static int load_symbols(struct ftrace_backend *b, struct err *e)
{
	bool stacks = b->cfg.fields & FIELD(KSTACK), audit = b->main != HOOK_MAIN;
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

/* From types, if there are any; else it is left to discovery. */
static int find_layout(struct ftrace_backend *b, struct err *e)
{
	struct err why = {0};
	int rc = -ENOENT;

	layout_init(&b->layout);
	if (layout_discovery_forced())
		return 0;
	rc = layout_load(&b->layout, b->cfg.btf_path, &why);
	if (rc && b->cfg.btf_path)
		return err_set(e, rc == -ENOMEM ? rc : -EBADMSG, "--btf: %s", why.msg);
	if (rc)
		layout_init(&b->layout);
	else
		log_verbose("ftrace:%s: layout from %s", b->base.variant->name,
			    layout_origin_name(b->layout.origin));
	return 0;
}

/* An event probe reaches all that a probe does; alone, the tracepoint has what it has. */
static int choose_tracepoint(struct ftrace_backend *b, struct err *e)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	cleanup_free struct fetch_map *map = malloc(sizeof(*map));
	char buf[8];
	int rc;

	if (!f || !map)
		return err_sys(e, -ENOMEM, "ftrace");
	/* 6.14 (d48da4d5ed6b) */
	if (tracedir_read(b->tracedir, buf, sizeof(buf), "events/capability/cap_capable/format") <
	    0)
		return err_set(e, -ENOENT,
			       "this kernel has no tracepoint capability:cap_capable (6.14)");
	fetch_expr(f, FETCH_CAP, FETCH_S32, "$cap");
	/* 5.15 (7491e2c44278), CONFIG_EPROBE_EVENTS */
	rc = probe_group_define(b->group, "try", PROBE_EVENT, hook_symbol(HOOK_EPROBE), f, map,
				NULL);
	if (rc >= 0) {
		probe_group_remove(b->group, "try");
		b->main = HOOK_EPROBE;
		b->feed_ops = &feed_ring; /* event probes don't serve perf */
		return 0;
	}
	log_verbose("ftrace:tracepoint: no event probes on it (%s)", strerror(-rc));
	b->main = HOOK_TRACEPOINT;
	b->comms = comms_new();
	return b->comms ? 0 : err_sys(e, -ENOMEM, "ftrace");
}

static int choose_mode(struct ftrace_backend *b, struct err *e)
{
	ptrdiff_t variant = b->base.variant - ftrace_backend_ops.variants;
	int rc = 0;

	b->feed_ops = &feed_perf;
	b->main = HOOK_MAIN;
	if (variant == FTRACE_RING)
		b->feed_ops = &feed_ring;
	if (variant == FTRACE_TRACEPOINT)
		rc = choose_tracepoint(b, e);
	else if (!tracefs_file_exists(NULL, "kprobe_events"))
		rc = err_set(e, -ENOENT, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
	if (rc)
		return rc;
	if (b->in_child_pidns && b->feed_ops == &feed_ring)
		return err_set(e, -EOPNOTSUPP,
			       "trace rings know processes by their numbers in the initial PID "
			       "namespace only, and captrace is in another one");
	return 0;
}

static int run_steps(struct ftrace_backend *b, struct trial *t, struct err *e)
{
	int rc = 0;

	if (b->main != HOOK_TRACEPOINT)
		rc = discovery_find_current(b, t, e);
	if (!rc && b->main != HOOK_TRACEPOINT && b->layout.origin == LAYOUT_UNKNOWN)
		rc = discovery_find_layout(b, e);
	if (!rc && b->main != HOOK_TRACEPOINT)
		rc = discovery_place_v1(b, t, e);
	if (!rc && b->main == HOOK_EPROBE && b->current) {
		b->notes = task_notes_new();
		rc = b->notes ? 0 : err_sys(e, -ENOMEM, "ftrace");
	}
	return rc ? rc : ftrace_calibrate(b, t, e);
}

/*
 * A probe that stays while others come and go on the same function: these are only added to a list
 * then. To arm and disarm each by patching the kernel's text takes most of the start on kernels
 * with the function tracer. Without it all goes as well.
 */
static struct trial *hold_function(struct ftrace_backend *b)
{
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	struct trial *t = NULL;
	struct err why = {0};

	if (!f || b->main != HOOK_MAIN || trial_open(&t, b, calibrator_pid(b->calibrator), &why))
		return NULL;
	fetch_expr(f, FETCH_CAP, FETCH_S32, b->machine->args[2]);
	if (!trial_define(t, f, &why))
		return t;
	trial_close(t);
	return NULL;
}

static int run_trial(struct ftrace_backend *b, struct err *e)
{
	struct trial *t = NULL, *held = hold_function(b);
	int rc = trial_open(&t, b, calibrator_pid(b->calibrator), e);

	if (!rc)
		rc = run_steps(b, t, e);
	trial_close(t);
	ftrace_undefine(b);
	if (held)
		trial_undefine(held);
	trial_close(held);
	/* Those of reference tasks, which the calibrator's open pipes may have held. */
	instances_remove(probe_group_instances(b->group));
	return rc;
}

static int open_steps(struct ftrace_backend *b, struct err *e)
{
	int rc = open_tracing(b, e);
	bool users = false; /* it is a file of the user's that is wrong */

	if (!rc)
		rc = choose_mode(b, e);
	if (!rc)
		rc = calibrator_start(&b->calibrator, e);
	if (!rc)
		rc = bind_calibrator(b, e);
	if (!rc)
		rc = load_symbols(b, e);
	layout_init(&b->layout);
	if (!rc && b->main != HOOK_TRACEPOINT) {
		rc = find_layout(b, e);
		users = rc;
	}
	if (!rc)
		rc = run_trial(b, e);
	if (!rc)
		rc = open_feed(b, e);
	calibrator_free(b->calibrator);
	b->calibrator = NULL;
	/* A format of the kernel's that can't be read: the next variant may do without it. */
	if (rc == -EBADMSG && !users)
		rc = e->code = -EIO;
	return rc;
}

static void ftrace_close(struct backend *base)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);

	if (b->feed)
		b->feed->ops->close(b->feed);
	calibrator_free(b->calibrator);
	ftrace_undefine(b);
	probe_group_free(b->group);
	tracedir_close(b->tracedir);
	ksyms_free(b->ksyms);
	follow_free(b->follow);
	callers_free(b->audit);
	comms_free(b->comms);
	outcomes_free(b->outcomes);
	returns_free(b->returns);
	startup_free(b->startup);
	task_notes_free(b->notes);
	free(b->frames);
	free(b->probes);
	while (discovery_next_guess(b))
		;
	free(b->pids);
	free(b);
}

/* The configuration is borrowed to the end of open(), its pids too. */
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
	b->in_child_pidns = pidns_is_child();
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
	/* In a PID namespace of our own /proc has other numbers than the events. */
	if (b->comms && !b->in_child_pidns)
		comms_scan(b->comms);
	rc = b->feed->ops->start(b->feed, e);
	if (!rc && b->comms && !b->in_child_pidns)
		comms_scan(b->comms);
	/* What is created from now on is told of. */
	if (!rc && b->follow && !b->in_child_pidns)
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

static int ftrace_drain(struct backend *base, struct event_handler *sink, struct err *e)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);
	int rc;

	/* Each time anew: the wall clock may have been set. */
	b->clock_offset = clock_wall_offset();
	b->sink = sink;
	ftrace_follow_cpus(b);
	rc = b->feed->ops->read(b->feed, ftrace_on_record, b);
	if (b->returns)
		returns_flush(b->returns, b->stopped && !rc);
	if (!rc && b->stopped && b->outcomes)
		outcomes_flush(b->outcomes, clock_wall_ns(), sink);
	b->sink = NULL;
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

	/* The profile lists all the machine's probes: not at every drain. */
	if (!b->faults_missed && now - b->missed_read > NS_PER_SEC) {
		b->missed = ftrace_missed(b) - b->missed_before;
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
		.incomplete = b->cpu_came ? "a CPU came up meanwhile: what was asked there before "
					    "captrace noticed was not seen"
					  : NULL,
	};
}

/* Without event probes; with them it gives all. */
#define TRACEPOINT_FIELDS                                                                       \
	(FIELD(TIMESTAMP) | FIELD(PID) | FIELD(TID) | FIELD(COMM) | FIELD(CAP) | FIELD(AUDIT) | \
	 FIELD(INSETID) | FIELD(VERDICT) | FIELD(KSTACK))

static const struct backend_variant variants[] = {
	[FTRACE_PERF] = {"perf", "probes through tracefs, read through perf events",
			 FIELDS_BACKEND | FIELD(OUTCOME)},
	[FTRACE_RING] = {"ring",
			 "probes through tracefs, read through the rings of private instances",
			 FIELDS_BACKEND | FIELD(OUTCOME)},
	[FTRACE_TRACEPOINT] =
		{"tracepoint",
		 "capability:cap_capable (6.14), with event probes where there are some",
		 TRACEPOINT_FIELDS},
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
