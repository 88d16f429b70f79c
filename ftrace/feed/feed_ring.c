// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The feed that reads the rings of private tracefs instances as binary pages. There is one instance
 * for all CPUs, and one more for each CPU with probes of its own: an instance that does not record
 * on a CPU drops a hit there before the probe's values are fetched. On 3.10 an instance records on
 * all CPUs, and the rings of the other CPUs are not read.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/feed_queue.h"
#include "ftrace/feed/ring_instance.h"
#include "ftrace/feed/ring_records.h"
#include "ftrace/feed/subscriptions.h"

#define STATS_PERIOD_NS NS_PER_SEC

struct feed_ring {
	struct feed base;
	struct feed_cfg cfg;
	struct cpus online; /* CPUs that are or were online */
	int cpus_len;       /* one past the highest possible CPU */
	size_t ring_size;
	struct ring_records *records;
	bool running;
	struct ring_input *inputs; /* one for all CPUs, and one per CPU with events of its own */
	size_t inputs_len;
	struct subscriptions subscriptions;
	struct feed_queue queue;
	uint64_t lost, lost_read;
};

static int feed_ring_open(struct feed **out, const struct feed_cfg *cfg, struct err *e)
{
	struct feed_ring *f = calloc(1, sizeof(*f));
	int rc;

	if (!f)
		return err_sys(e, -ENOMEM, "trace rings");
	f->base.ops = &feed_ring;
	f->cfg = *cfg;
	cpus_online(&f->online);
	f->cpus_len = cpus_limit(&f->online);
	f->ring_size = feed_ring_size(cfg, &f->online);
	rc = feed_queue_init(&f->queue, cfg);
	rc = rc ? err_sys(e, rc, "trace rings")
		: ring_records_new(&f->records, cfg->tracedir, cfg->frames, e);
	if (rc) {
		feed_ring.close(&f->base);
		return rc;
	}
	*out = &f->base;
	return 0;
}

static int add_input(struct feed_ring *f, int cpu, struct err *e)
{
	struct ring_instance_cfg cfg = {
		.prefix = f->cfg.instances,
		.cpu = cpu,
		.online = &f->online,
		.cpus_len = f->cpus_len,
		.size = f->ring_size,
		.pid = f->cfg.pid,
	};
	struct ring_input *grown = realloc(f->inputs, (f->inputs_len + 1) * sizeof(*grown));
	struct ring_input in = {.pending = calloc((size_t)f->cpus_len, sizeof(*in.pending))};
	int rc;

	if (grown)
		f->inputs = grown;
	rc = grown && in.pending ? ring_instance_open(&in.ring, &cfg, &f->base.clock_unknown, e)
				 : err_sys(e, -ENOMEM, "trace rings");
	if (rc) {
		free(in.pending);
		return rc;
	}
	f->inputs[f->inputs_len++] = in;
	return 0;
}

/* The instance that records events of @cpu (-1: of all CPUs); NULL: not created yet. */
static struct ring_input *find_input(const struct feed_ring *f, int cpu)
{
	for (size_t i = 0; i < f->inputs_len; i++)
		if (ring_instance_cpu(f->inputs[i].ring) == cpu)
			return &f->inputs[i];
	return NULL;
}

static int input_for(struct feed_ring *f, const struct feed_subscription *sub,
		     struct ring_instance **out, struct err *e)
{
	struct ring_input *in = find_input(f, sub->cpu);
	struct err why = {0};
	int rc = 0;

	if (!in)
		rc = add_input(f, sub->cpu, e);
	if (rc)
		return rc;
	in = find_input(f, sub->cpu);
	if (f->cfg.frames && sub->stack && !in->stacks) {
		in->stacks = !ring_instance_add_stacks(in->ring, &why);
		f->base.stacks_unknown |= !in->stacks;
	}
	*out = in->ring;
	return 0;
}

static int enable(const struct feed_ring *f, const struct feed_subscription *sub, bool on)
{
	return ring_instance_enable(find_input(f, sub->cpu)->ring, sub->system, sub->event, on);
}

static int set_filter(const struct feed_ring *f, const struct feed_subscription *sub,
		      struct ring_instance *inst, struct err *e)
{
	const char *system = f->cfg.system, *event = NULL;

	if (strcmp(sub->system, system) != 0) {
		for (size_t i = 0; i < f->subscriptions.len && !event; i++)
			if (!strcmp(f->subscriptions.list[i].system, system))
				event = f->subscriptions.list[i].event;
		if (ring_instance_shares_filters(inst, event ? system : NULL, event))
			return err_set(
				e, -EOPNOTSUPP,
				"%s/%s needs a filter, but on this kernel a filter applies to "
				"everybody who traces the event; use ftrace:perf",
				sub->system, sub->event);
	}
	return ring_instance_filter(inst, sub->system, sub->event, sub->filter, e);
}

static int feed_ring_attach(struct feed *base, const struct feed_subscription *sub, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	struct ring_instance *ring;
	int rc;

	if (sub->count)
		return err_set(e, -EOPNOTSUPP, "trace rings cannot count without recording");
	if (sub->cpu >= f->cpus_len)
		return err_set(e, -EINVAL, "there is no CPU %d", sub->cpu);
	if (sub->cpu >= 0)
		cpus_add(&f->online, sub->cpu);
	rc = input_for(f, sub, &ring, e);
	if (!rc && sub->filter)
		rc = set_filter(f, sub, ring, e);
	if (rc)
		return rc;
	rc = subscriptions_add(&f->subscriptions, sub);
	if (rc)
		return err_sys(e, rc, "trace rings");
	if (f->running)
		rc = enable(f, sub, true);
	return rc ? err_sys(e, rc, "enabling %s", sub->event) : 0;
}

static void disable_all(const struct feed_ring *f)
{
	for (size_t i = 0; i < f->subscriptions.len; i++)
		enable(f, &f->subscriptions.list[i], false);
}

static void feed_ring_detach(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	disable_all(f);
	subscriptions_clear(&f->subscriptions);
}

static int feed_ring_start(struct feed *base, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	f->running = true;
	for (size_t i = 0; i < f->subscriptions.len; i++) {
		const struct feed_subscription *sub = &f->subscriptions.list[i];
		int rc = enable(f, sub, true);

		if (rc)
			return err_sys(e, rc, "enabling %s", sub->event);
	}
	return 0;
}

/* A ring survives its CPU going offline: only a CPU that is new has to be added. */
static int feed_ring_set_cpu(struct feed *base, int cpu, bool online, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	int rc = 0;

	if (cpu >= f->cpus_len)
		return err_set(e, -EINVAL, "there is no CPU %d", cpu);
	if (!online)
		return 0;
	cpus_add(&f->online, cpu);
	for (size_t i = 0; i < f->inputs_len && !rc; i++)
		rc = ring_instance_add_cpu(f->inputs[i].ring, cpu, f->ring_size, e);
	return rc;
}

/* Events are called in the order in which they were enabled: disables and enables it again. */
static int feed_ring_last(struct feed *base, const char *event, struct err *e)
{
	const struct feed_ring *f = container_of(base, struct feed_ring, base);
	int rc = 0;

	for (size_t i = 0; i < f->subscriptions.len && f->running; i++) {
		const struct feed_subscription *sub = &f->subscriptions.list[i];

		if (strcmp(sub->event, event))
			continue;
		rc = enable(f, sub, false);
		if (!rc)
			rc = enable(f, sub, true);
	}
	return rc ? err_sys(e, rc, "enabling %s", event) : 0;
}

static void feed_ring_stop(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	disable_all(f);
	f->running = false;
	f->lost_read = 0;
}

static int read_cpu(const struct feed_ring *f, const struct ring_input *in, int cpu,
		    struct feed_queue *queue)
{
	int rc = ring_records_read(f->records, in, cpu, queue);

	if (!f->running)
		ring_records_complete(f->records, &in->pending[cpu], queue);
	return rc;
}

/* The time of the first record that waits for its stack: later records have to wait, too. */
static uint64_t first_pending(const struct feed_ring *f)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < f->inputs_len; i++)
		for (int cpu = 0; cpu < f->online.len; cpu++)
			if (f->inputs[i].pending[cpu].full)
				first = MIN(first, f->inputs[i].pending[cpu].record->time);
	return first;
}

static int feed_ring_read(struct feed *base, feed_fn *fn, void *arg)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	uint64_t until = f->running ? feed_queue_until(&f->queue, base) : UINT64_MAX;
	int rc = 0, n;

	for (size_t i = 0; i < f->inputs_len && !rc; i++)
		for (int cpu = 0; cpu < f->online.len && !rc; cpu++)
			rc = read_cpu(f, &f->inputs[i], cpu, &f->queue);
	n = feed_queue_deliver(&f->queue, MIN(until, first_pending(f)), fn, arg);
	return rc ? rc : n;
}

/*
 * None: on older kernels every record wakes a poll of trace_pipe_raw, which would cost the traced
 * programs more than the record does. The session reads the rings on its timer.
 */
static int feed_ring_fds(const struct feed *base, struct pollfd *fds, int max)
{
	return 0;
}

static uint64_t feed_ring_lost(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	uint64_t now = clock_mono_ns(), sum = 0;

	if (now - f->lost_read > STATS_PERIOD_NS) {
		for (size_t i = 0; i < f->inputs_len; i++)
			sum += ring_instance_lost(f->inputs[i].ring);
		f->lost = MAX(f->lost, sum);
		f->lost_read = now;
	}
	return MAX(f->lost, ring_records_missed(f->records));
}

/* Always 0: feed_ring_attach() rejects subscriptions with `count`. */
static uint64_t feed_ring_counted(const struct feed *base)
{
	return 0;
}

static void feed_ring_close(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	feed_ring_detach(base);
	/* One open pipe can keep all instances from being removed (ftrace/feed/instances.h). */
	for (size_t i = 0; i < f->inputs_len; i++)
		ring_instance_close_pipes(f->inputs[i].ring);
	for (size_t i = 0; i < f->inputs_len; i++) {
		ring_instance_close(f->inputs[i].ring);
		for (int cpu = 0; cpu < f->cpus_len; cpu++)
			free(f->inputs[i].pending[cpu].record);
		free(f->inputs[i].pending);
	}
	ring_records_free(f->records);
	feed_queue_free(&f->queue);
	free(f->inputs);
	free(f);
}

const struct feed_ops feed_ring = {
	.name = "ring",
	.open = feed_ring_open,
	.attach = feed_ring_attach,
	.detach = feed_ring_detach,
	.set_cpu = feed_ring_set_cpu,
	.last = feed_ring_last,
	.start = feed_ring_start,
	.stop = feed_ring_stop,
	.read = feed_ring_read,
	.fds = feed_ring_fds,
	.lost = feed_ring_lost,
	.counted = feed_ring_counted,
	.close = feed_ring_close,
};
