// SPDX-License-Identifier: GPL-2.0-or-later
/* The BPF backend: its variants differ in the object they load, and in how audit is known. */
#include <poll.h>

#include "backends/bpf/aggregate.h"
#include "backends/bpf/backend.h"
#include "backends/bpf/reader.h"
#include "backends/bpf/refusal.h"
#include "compat/host/host_caps.h"
#include "compat/host/ksyms.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

static const struct backend_variant variants[] = {
	/* BPF trampolines (5.5, arm64 6.4) and BTF. */
	[BPF_FEXIT] = {"fexit", FIELDS_BACKEND | FIELDS_EXTRA},
	/* BPF kprobes and BTF (the kernel's, or --btf FILE). */
	[BPF_KPROBE] = {"kprobe", FIELDS_BACKEND | FIELDS_EXTRA},
	/* BPF at capability:cap_capable (6.14) and BTF. */
	[BPF_TRACEPOINT] = {"tracepoint", FIELDS_BACKEND | FIELDS_EXTRA},
	/* BPF kprobes without BTF: captrace finds the layout of kernel structures. */
	[BPF_NOBTF] = {"nobtf", (FIELDS_BACKEND & ~FIELD(STARTUP)) | FIELD(OUTCOME)},
	{0},
};

/* A record that is not a check. */
static void on_extra(const struct bpf_backend *b, const void *data, size_t size)
{
	struct cap_outcome outcome;
	struct cap_exec exec;

	if (!bpf_decode_outcome(&b->decoder, data, size, &outcome))
		b->handler->outcome(b->handler, &outcome);
	else if (!bpf_decode_exec(&b->decoder, data, size, &exec))
		b->handler->exec(b->handler, &exec);
}

static void on_record(void *arg, const void *data, size_t size)
{
	struct bpf_backend *b = arg;
	const struct wire_check *r = data;
	struct cap_event ev;

	if (b->decoder.extra && r->time >> WIRE_KIND_SHIFT)
		on_extra(b, data, size);
	else if (!bpf_decode(&b->decoder, data, size, &ev))
		b->handler->event(b->handler, &ev);
}

static void bpf_close(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	bpf_reader_close(b->reader);
	bpf_cgroup_feed_close(b->cgroup_feed);
	bpf_progs_close(&b->progs);
	calibrator_free(b->calibrator);
	ksyms_free(b->ksyms);
	if (b->nobtf.btf_fd >= 0)
		close(b->nobtf.btf_fd);
	free(b);
}

static int bpf_open(struct backend **out, const struct backend_cfg *cfg, struct err *e)
{
	struct bpf_backend *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return err_sys(e, -ENOMEM, "bpf");
	b->base.ops = &bpf_backend_ops;
	b->base.variant = cfg->variant;
	b->nobtf.btf_fd = -1;
	b->progs.features = &b->features;
	rc = bpf_open_variant(b, (enum bpf_variant)(cfg->variant - variants), cfg, e);
	if (rc) {
		bpf_close(&b->base);
		return rc;
	}
	*out = &b->base;
	return 0;
}

/*
 * To read maps: with kernel.unprivileged_bpf_disabled, every call of bpf() checks for the
 * capability.
 */
static uint64_t bpf_keeps(const struct backend *base)
{
	return host_caps_for_bpf();
}

static int bpf_start(struct backend *base, struct err *e)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	return bpf_progs_set_mode(&b->progs, BPF_MODE_LIVE, e);
}

static uint64_t bpf_fields(const struct backend *base)
{
	return container_of(base, struct bpf_backend, base)->fields;
}

static int bpf_fds(const struct backend *base, struct pollfd *fds, int max)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	if (max < 1)
		return 0;
	fds[0] = (struct pollfd){
		.fd = bpf_reader_fd(b->reader),
		.events = POLLIN,
	};
	return 1;
}

static int bpf_drain(struct backend *base, struct event_handler *handler, struct err *e)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	char buf[128];
	int rc;

	/* Read at each drain, because the wall clock may be set in between. */
	b->decoder.clock_offset = clock_wall_offset();
	b->handler = handler;
	rc = bpf_reader_drain(b->reader, BACKEND_DRAIN_MAX, on_record, b);
	b->handler = NULL;
	return rc < 0 ? err_set(e, rc, "reading the ring: %s", bpf_strerror(rc, buf, sizeof(buf)))
		      : rc;
}

static bool bpf_arm(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	/*
	 * If tasks can be preempted in the programs, the copy that should wake the reader can be
	 * skipped, or be preempted before it does so, and nothing after it wakes the reader (7.2: a
	 * reader never woke up). There the session drains by its timer, which needs no wake-up.
	 */
	return !b->cfg.copies && bpf_reader_arm(b->reader);
}

static void bpf_stop(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	struct err e = {0};

	/* Checks after this are not part of the session, and are not losses. */
	if (bpf_progs_set_mode(&b->progs, BPF_MODE_OFF, &e))
		log_verbose("%s", e.msg);
	bpf_stats_end(b);
}

static void bpf_stats(const struct backend *base, struct backend_stats *stats)
{
	bpf_stats_fill(container_of(base, struct bpf_backend, base), stats);
}

static void bpf_describe(const struct backend *base,
			 void (*fact)(void *arg, const char *key, const char *value), void *arg)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	const struct calibration *cal = &b->calibration;
	char buf[192];

	if (b->progs.desc->variant == BPF_TRACEPOINT)
		fact(arg, "audit",
		     b->progs.memory.shared->caller_slots[0]
			     ? "from the caller, read at its place on the stack"
			     : "from the caller, found by unwinding the stack");
	else
		fact(arg, "fourth_argument", calibration_form(cal, buf, sizeof(buf)));
	fact(arg, "layout",
	     b->cfg.learned ? b->nobtf.how
	     : b->btf_given ? "types from --btf"
			    : "the kernel's BTF");
	fact(arg, "inlined_callers", callers_names(cal->inlined, buf, sizeof(buf)));
	if (cal->unknown)
		fact(arg, "untried_callers", callers_names(cal->unknown, buf, sizeof(buf)));
	if (b->cfg.copies)
		fact(arg, "programs", "several copies of each: tasks can be preempted in them");
	fact(arg, "ring", b->cfg.ringbuf ? "BPF ring buffer" : "perf buffers (before 5.8)");
}

static void bpf_for_each_aggregate(const struct backend *base,
				   void (*fn)(void *arg, const struct cap_event *, uint64_t count),
				   void *arg)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	if (b->cfg.unique)
		bpf_aggregate_for_each(bpf_progs_map(&b->progs, "aggregates"), &b->decoder, fn,
				       arg);
}

static struct cgroup_feed *bpf_cgroup_feed(struct backend *base)
{
	return container_of(base, struct bpf_backend, base)->cgroup_feed;
}

const struct backend_ops bpf_backend_ops = {
	.name = "bpf",
	.variants = variants,
	.open = bpf_open,
	.keeps = bpf_keeps,
	.start = bpf_start,
	.fields = bpf_fields,
	.fds = bpf_fds,
	.drain = bpf_drain,
	.arm = bpf_arm,
	.stop = bpf_stop,
	.stats = bpf_stats,
	.for_each_aggregate = bpf_for_each_aggregate,
	.cgroup_feed = bpf_cgroup_feed,
	.describe = bpf_describe,
	.close = bpf_close,
};
