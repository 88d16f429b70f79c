// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ftrace backend: probes defined through tracefs, read through perf events (ftrace:perf) or
 * through the rings of private tracefs instances (ftrace:ring).
 */
#include <event-parse.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "backends/ftrace_backend.h"
#include "compat/ksyms.h"
#include "compat/machine.h"
#include "compat/privilege.h"
#include "compat/tracedir.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"
#include "ftrace/feed.h"

#define PIDNS_INIT_INO 0xEFFFFFFCU /* PROC_PID_INIT_INO, since 3.8 */

static bool in_own_pidns(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino != PIDNS_INIT_INO;
}

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

/* All the steps are done by one CPU, so that one CPU's probe sees them. */
static int bind_calibrator(struct ftrace_backend *b, struct err *e)
{
	cpu_set_t set;

	cpus_online(&b->cpus);
	while (!cpus_has(&b->cpus, b->cpu))
		b->cpu++;
	CPU_ZERO(&set);
	CPU_SET(b->cpu, &set);
	/* Not critical: elsewhere the task's fields would be missing, and calibration says so. */
	sched_setaffinity(calibrator_pid(b->calibrator), sizeof(set), &set);
	return 0;
}

static int attach_source(struct ftrace_backend *b, int index, struct err *e)
{
	const struct ftrace_source *s = &b->sources[index];
	cleanup_free char *filter = NULL, *unaudited = NULL;
	struct feed_source src = {
		.system = probe_group_name(b->group),
		.event = s->event,
		.id = s->id,
		.cpu = s->cpu,
	};
	int rc = ftrace_filter(b, s->dec.kind, false, &filter);

	if (!rc)
		rc = ftrace_filter(b, s->dec.kind, true, &unaudited);
	if (rc)
		return err_sys(e, rc, "filter");
	src.filter = filter;
	rc = b->feed->ops->attach(b->feed, &src, e);
	if (rc || !filter || !unaudited || !strcmp(filter, unaudited))
		return rc;
	src.filter = unaudited;
	src.count = true;
	return b->feed->ops->attach(b->feed, &src, e);
}

static int attach_kind(struct ftrace_backend *b, enum check_kind kind, struct err *e)
{
	int rc = 0;

	if (!b->current) {
		rc = ftrace_define(b, kind, -1, e);
		return rc < 0 ? rc : attach_source(b, rc, e);
	}
	for (int cpu = 0; cpu < b->cpus.len && rc >= 0; cpu++) {
		if (!cpus_has(&b->cpus, cpu))
			continue;
		rc = ftrace_define(b, kind, cpu, e);
		if (rc >= 0)
			rc = attach_source(b, rc, e);
	}
	return MIN(rc, 0);
}

static int open_feed(struct ftrace_backend *b, struct err *e)
{
	const struct backend_cfg *cfg = &b->cfg;
	struct feed_cfg fc = {
		.tracedir = b->tracedir,
		.prefix = probe_group_name(b->group),
		.target =
			{
				.all = cfg->target.all,
				.follow = cfg->target.follow,
				.pids = cfg->target.pids,
				.pids_len = cfg->target.pids_len,
			},
		.buffer_size = cfg->buffer_size,
		.frames = !!(cfg->fields & CAP_HAVE(KSTACK)),
	};
	int rc = b->feed_ops->open(&b->feed, &fc, e);

	if (!rc)
		rc = attach_kind(b, CHECK_MAIN, e);
	for (int kind = CHECK_CAPSET; kind <= CHECK_OVERCOMMIT && !rc; kind++)
		if (b->callers & check_caller((enum check_kind)kind))
			rc = attach_kind(b, (enum check_kind)kind, e);
	return rc;
}

static int load_symbols(struct ftrace_backend *b, struct err *e)
{
	struct err why = {0};
	int rc;

	if (!(b->cfg.fields & CAP_HAVE(KSTACK)))
		return 0;
	b->frames = calloc(FEED_FRAMES_MAX, sizeof(*b->frames));
	if (!b->frames)
		return err_sys(e, -ENOMEM, "stacks");
	rc = ksyms_load(&b->ksyms, &why);
	if (rc && rc != -ENOMEM)
		log_note("%s; stack frames stay addresses", why.msg);
	return rc == -ENOMEM ? rc : 0;
}

static int find_layout(struct ftrace_backend *b, struct err *e)
{
	int rc = layout_load(&b->layout, b->cfg.btf_path, e);

	if (!rc)
		log_verbose("ftrace:%s: layout from %s", b->base.variant->name,
			    layout_source_name(b->layout.source));
	return rc;
}

static int open_steps(struct ftrace_backend *b, struct err *e)
{
	int rc = open_tracing(b, e);

	if (!rc)
		rc = calibrator_start(&b->calibrator, e);
	if (!rc)
		rc = bind_calibrator(b, e);
	if (!rc)
		rc = find_layout(b, e);
	if (!rc)
		rc = ftrace_find_current(b, e);
	if (!rc)
		rc = ftrace_calibrate(b, e);
	if (!rc)
		rc = load_symbols(b, e);
	if (!rc)
		rc = open_feed(b, e);
	calibrator_free(b->calibrator);
	b->calibrator = NULL;
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
	free(b->frames);
	free(b->sources);
	free(b->current);
	free(b->pids);
	free(b);
}

static int ftrace_open(struct backend **out, const struct backend_cfg *cfg, struct err *e)
{
	struct ftrace_backend *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return err_sys(e, -ENOMEM, "ftrace");
	b->base.ops = &ftrace_backend_ops;
	for (b->base.variant = ftrace_backend_ops.variants; b->base.variant->name;
	     b->base.variant++)
		if (!strcmp(b->base.variant->name, cfg->variant))
			break;
	b->cfg = *cfg;
	b->pids = calloc(cfg->target.pids_len + 1, sizeof(*b->pids));
	if (!b->pids) {
		free(b);
		return err_sys(e, -ENOMEM, "ftrace");
	}
	memcpy(b->pids, cfg->target.pids, cfg->target.pids_len * sizeof(*b->pids));
	b->cfg.target.pids = b->pids;
	b->nested = in_own_pidns();
	b->feed_ops = &feed_perf;
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

	b->missed_before = ftrace_missed(b);
	return b->feed->ops->start(b->feed, e);
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

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Below the probes' own machinery a stack begins with the probed function. */
static void set_stack(struct ftrace_backend *b, const struct feed_record *r, struct cap_event *ev)
{
	const uint64_t *frames = feed_frames(r);

	for (uint32_t i = 0; i < r->frames_len && i < FEED_FRAMES_MAX; i++) {
		const struct ksym *sym = b->ksyms ? ksyms_at(b->ksyms, frames[i]) : NULL;

		b->frames[i] = (struct cap_frame){.addr = frames[i]};
		if (sym) {
			b->frames[i].symbol = sym->name;
			b->frames[i].offset = frames[i] - sym->addr;
		}
	}
	ev->kstack = b->frames;
	ev->kstack_len = r->frames_len;
	ev->have |= r->frames_len ? CAP_HAVE(KSTACK) : 0;
}

/* In the kernel a target is its threads; a thread group's number is looked at here. */
static bool is_target(const struct ftrace_backend *b, const struct feed_record *r,
		      const struct cap_event *ev)
{
	const struct target *target = &b->cfg.target;
	int32_t pid = r->pid > 0 ? r->pid : ev->pid;

	if (target->all)
		return pid != getpid();
	if (target->follow)
		return true;
	for (size_t i = 0; i < target->pids_len; i++)
		if (target->pids[i] == pid)
			return true;
	return false;
}

static void on_record(void *arg, const struct feed_record *r)
{
	struct ftrace_backend *b = arg;
	const struct ftrace_source *src = ftrace_source_of(b, r);
	struct cap_event ev;

	if (!src || !check_decode(&src->dec, r, &ev) || !is_target(b, r, &ev))
		return;
	ev.timestamp += b->clock_offset;
	if (r->frames_len)
		set_stack(b, r, &ev);
	ev.have &= b->fields & (b->cfg.fields | CAP_HAVE(AUDIT));
	b->sink->event(b->sink, &ev);
}

static int ftrace_drain(struct backend *base, struct event_sink *sink, struct err *e)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);
	int rc;

	/* Each time anew: the wall clock may have been set. */
	b->clock_offset = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	b->sink = sink;
	rc = b->feed->ops->read(b->feed, on_record, b);
	b->sink = NULL;
	return rc < 0 ? err_sys(e, rc, "reading the rings") : rc;
}

static void ftrace_stop(struct backend *base)
{
	struct ftrace_backend *b = container_of(base, struct ftrace_backend, base);

	b->feed->ops->stop(b->feed);
	b->missed_read = 0;
}

static void ftrace_stats(const struct backend *base, struct backend_stats *stats)
{
	struct ftrace_backend *b =
		container_of((struct backend *)base, struct ftrace_backend, base);
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	/* The profile lists all the machine's probes: not at every drain. */
	if (now - b->missed_read > 1000000000) {
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
	};
}

static const struct backend_variant variants[] = {
	{"perf", "probes through tracefs, read through perf events", CAP_HAVE_BACKEND},
	{0},
};

const struct backend_ops ftrace_backend_ops = {
	.name = "ftrace",
	.variants = variants,
	.open = ftrace_open,
	.start = ftrace_start,
	.fields = ftrace_fields,
	.fds = ftrace_fds,
	.drain = ftrace_drain,
	.stop = ftrace_stop,
	.stats = ftrace_stats,
	.close = ftrace_close,
};
