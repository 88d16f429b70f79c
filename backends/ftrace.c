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
#include "ftrace/follow.h"

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
		.system = s->system,
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
		.buffer_size = cfg->buffer_size,
		.frames = !!(cfg->fields & CAP_HAVE(KSTACK)),
	};
	int rc;

	rc = b->feed_ops->open(&b->feed, &fc, e);
	if (!rc && !cfg->target.all)
		rc = attach_kind(b, CHECK_FORK, e);
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
	int rc;

	if (b->nested && b->feed_ops == &feed_ring)
		return err_set(e, -EOPNOTSUPP,
			       "trace rings know processes by their numbers in the initial PID "
			       "namespace only, and captrace is in another one");
	rc = open_tracing(b, e);
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
	follow_free(b->follow);
	free(b->frames);
	free(b->sources);
	free(b->current);
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
	for (b->base.variant = ftrace_backend_ops.variants; b->base.variant->name;
	     b->base.variant++)
		if (!strcmp(b->base.variant->name, cfg->variant))
			break;
	b->nested = in_own_pidns();
	b->feed_ops = strcmp(cfg->variant, "ring") ? &feed_perf : &feed_ring;
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
	rc = b->feed->ops->start(b->feed, e);
	/* What is created from now on is told of. */
	if (!rc && b->follow && !b->nested)
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

/* captrace itself has one thread only. */
static bool is_target(struct ftrace_backend *b, const struct feed_record *r, int32_t tid)
{
	if (!b->follow)
		return (r->pid > 0 ? r->pid : tid) != getpid();
	/* A target of our own PID namespace may have any number in the initial one. */
	if (b->nested && follow_is_seed(b->follow, r->pid))
		follow_add(b->follow, tid);
	return follow_has(b->follow, tid);
}

static void on_fork(struct ftrace_backend *b, const struct ftrace_source *src,
		    const struct feed_record *r)
{
	const struct fetch_map *map = &src->dec.map;
	struct feed_entry entry;

	memcpy(&entry, feed_raw(r), sizeof(entry));
	is_target(b, r, entry.pid);
	follow_fork(b->follow, entry.pid,
		    (int32_t)fetch_get(map, FETCH_NEW_TID, feed_raw(r), r->size),
		    fetch_get(map, FETCH_CLONE_FLAGS, feed_raw(r), r->size) & CLONE_THREAD);
}

static void deliver(struct ftrace_backend *b, const struct feed_record *r, struct cap_event *ev)
{
	ev->timestamp += b->clock_offset;
	if (r->frames_len)
		set_stack(b, r, ev);
	ev->have &= b->fields & (b->cfg.fields | CAP_HAVE(AUDIT));
	b->sink->event(b->sink, ev);
}

static void on_record(void *arg, const struct feed_record *r)
{
	struct ftrace_backend *b = arg;
	const struct ftrace_source *src = ftrace_source_of(b, r);
	struct cap_event ev;

	if (src && src->dec.kind == CHECK_FORK)
		on_fork(b, src, r);
	else if (src && check_decode(&src->dec, r, &ev) && is_target(b, r, ev.tid))
		deliver(b, r, &ev);
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
	{"ring", "probes through tracefs, read through the rings of private instances",
	 CAP_HAVE_BACKEND},
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
