// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rings of private tracefs instances, read as the binary pages they are. One instance for all
 * CPUs, and one more for each CPU that has a probe of its own: an instance that doesn't record on a
 * CPU refuses the record before anything is fetched for it; where it can't be told to (3.10), what
 * it records there is not read.
 */
#include <event-parse.h>
#include <kbuffer.h>
#include <string.h>
#include <time.h>

#include "compat/host/tracedir.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/reorder.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/ring_instance.h"

#define RING_SIZE_DEFAULT (1U << 20) /* a CPU */
#define RECORD_MAX        65536
#define STATS_PERIOD_NS   1000000000

/* The last record of a CPU's ring: its stack is a record of its own, and may still be in the making. */
struct pending {
	struct feed_record *record;
	bool full;
};

struct instance {
	struct ring_instance *ring;
	struct pending *pending; /* by CPU */
	bool stacks;
};

struct enabled {
	struct ring_instance *inst;
	char *system, *event;
};

struct feed_ring {
	struct feed base;
	struct feed_cfg cfg;
	struct cpus online; /* and those that were */
	int cpus_len;       /* of all that could be */
	size_t ring_size;
	struct kbuffer *kbuf;
	void *page;
	size_t page_size;
	int stack_id, stack_at; /* of kernel_stack events; where the addresses start */
	int word;
	bool running;
	struct instance *insts;
	size_t insts_len;
	struct enabled *events;
	size_t events_len;
	struct reorder *reorder;
	uint64_t lost, lost_read, missed;
	struct pending *pending; /* of the CPU that is being read */
	bool stacks;             /* there */
	feed_fn *fn;
	void *arg;
	int read;
};

/* Bytes of a sub-buffer and of a long: a page, and 8, but for newer options and 32 bits. */
static int read_page_format(struct feed_ring *f, struct err *e)
{
	struct tep_handle *tep = tep_alloc();
	char text[1024], kb[16];
	int n = tracedir_read(f->cfg.tracedir, text, sizeof(text), "events/header_page");

	f->page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (!tep || n < 0 || tep_parse_header_page(tep, text, (unsigned long)n, sizeof(long))) {
		tep_free(tep);
		return err_sys(e, n < 0 ? n : -EBADMSG, "events/header_page");
	}
	f->word = tep_get_header_page_size(tep);
	tep_free(tep);
	/* f9b94daa542a (6.8) */
	n = tracedir_read(f->cfg.tracedir, kb, sizeof(kb), "buffer_subbuf_size_kb");
	if (n > 0 && atoi(kb) > 0)
		f->page_size = MAX(f->page_size, (size_t)atoi(kb) * 1024);
	return 0;
}

static int read_stack_format(struct feed_ring *f, struct err *e)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_format_field *field;
	struct tep_event *event;
	char text[2048];
	int n = tracedir_read(f->cfg.tracedir, text, sizeof(text),
			      "events/ftrace/kernel_stack/format");

	if (tep && n > 0)
		tep_parse_event(tep, text, (unsigned long)n, "ftrace");
	event = tep ? tep_get_first_event(tep) : NULL;
	field = event ? tep_find_field(event, "caller") : NULL;
	if (field) {
		f->stack_id = event->id;
		f->stack_at = field->offset;
	}
	tep_free(tep);
	return field ? 0 : err_set(e, -EOPNOTSUPP, "this kernel's tracing has no stacks");
}

static int feed_ring_open(struct feed **out, const struct feed_cfg *cfg, struct err *e)
{
	struct feed_ring *f = calloc(1, sizeof(*f));
	struct cpus possible;
	int n = 0, rc;

	if (!f)
		return err_sys(e, -ENOMEM, "trace rings");
	f->base.ops = &feed_ring;
	f->cfg = *cfg;
	f->stack_id = -1;
	cpus_online(&f->online);
	cpus_possible(&possible);
	f->cpus_len = MAX(f->online.len, possible.len);
	for (int cpu = 0; cpu < f->online.len; cpu++)
		n += cpus_has(&f->online, cpu);
	f->ring_size = cfg->buffer_size ? cfg->buffer_size / (size_t)MAX(n, 1) : RING_SIZE_DEFAULT;
	f->reorder = reorder_new();
	rc = read_page_format(f, e);
	if (!rc && cfg->frames)
		rc = read_stack_format(f, e);
	f->kbuf = kbuffer_alloc(f->word == 8 ? KBUFFER_LSIZE_8 : KBUFFER_LSIZE_4,
				__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? KBUFFER_ENDIAN_LITTLE
									  : KBUFFER_ENDIAN_BIG);
	f->page = malloc(f->page_size);
	if (!rc && (!f->reorder || !f->kbuf || !f->page))
		rc = err_sys(e, -ENOMEM, "trace rings");
	if (rc) {
		feed_ring.close(&f->base);
		return rc;
	}
	*out = &f->base;
	return 0;
}

static int add_instance(struct feed_ring *f, int cpu, struct err *e)
{
	struct ring_instance_cfg cfg = {
		.prefix = f->cfg.instances,
		.cpu = cpu,
		.online = &f->online,
		.cpus_len = f->cpus_len,
		.size = f->ring_size,
		.pid = f->cfg.pid,
	};
	struct instance *grown = realloc(f->insts, (f->insts_len + 1) * sizeof(*grown));
	struct instance inst = {.pending = calloc((size_t)f->cpus_len, sizeof(*inst.pending))};
	int rc;

	if (grown)
		f->insts = grown;
	rc = grown && inst.pending ? ring_instance_open(&inst.ring, &cfg, &f->base.clock_unknown, e)
				   : err_sys(e, -ENOMEM, "trace rings");
	if (rc) {
		free(inst.pending);
		return rc;
	}
	f->insts[f->insts_len++] = inst;
	return 0;
}

static int instance_for(struct feed_ring *f, const struct feed_subscription *src,
			struct ring_instance **out, struct err *e)
{
	size_t i = 0;
	int rc = 0;

	while (i < f->insts_len && ring_instance_cpu(f->insts[i].ring) != src->cpu)
		i++;
	if (i == f->insts_len)
		rc = add_instance(f, src->cpu, e);
	if (!rc && f->cfg.frames && src->stack && !f->insts[i].stacks) {
		struct err why = {0};

		f->insts[i].stacks = !ring_instance_add_stacks(f->insts[i].ring, &why);
		f->base.stacks_unknown |= !f->insts[i].stacks;
	}
	*out = rc ? NULL : f->insts[i].ring;
	return rc;
}

static int set_filter(const struct feed_ring *f, const struct feed_subscription *src,
		      struct ring_instance *inst, struct err *e)
{
	const char *system = f->cfg.system, *event = NULL;

	if (strcmp(src->system, system) != 0) {
		for (size_t i = 0; i < f->events_len && !event; i++)
			if (!strcmp(f->events[i].system, system))
				event = f->events[i].event;
		if (ring_instance_shares_filters(inst, event ? system : NULL, event))
			return err_set(e, -EOPNOTSUPP,
				       "%s/%s has to be filtered, and this kernel filters an event "
				       "alike for all who trace it; ftrace:perf does without",
				       src->system, src->event);
	}
	return ring_instance_filter(inst, src->system, src->event, src->filter, e);
}

static int feed_ring_attach(struct feed *base, const struct feed_subscription *src, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	struct enabled ev = {0}, *grown;
	int rc = 0;

	if (src->count)
		return err_set(e, -EOPNOTSUPP, "a trace ring can't count without recording");
	if (src->cpu >= f->cpus_len)
		return err_set(e, -EINVAL, "there is no CPU %d", src->cpu);
	if (src->cpu >= 0)
		cpus_add(&f->online, src->cpu);
	rc = instance_for(f, src, &ev.inst, e);
	if (!rc && src->filter)
		rc = set_filter(f, src, ev.inst, e);
	if (rc)
		return rc;
	grown = realloc(f->events, (f->events_len + 1) * sizeof(*grown));
	ev.system = strdup(src->system);
	ev.event = strdup(src->event);
	if (grown)
		f->events = grown;
	if (!grown || !ev.system || !ev.event) {
		free(ev.system);
		free(ev.event);
		return err_sys(e, -ENOMEM, "trace rings");
	}
	f->events[f->events_len++] = ev;
	if (f->running)
		rc = ring_instance_enable(ev.inst, ev.system, ev.event, true);
	return rc ? err_sys(e, rc, "enabling %s", src->event) : 0;
}

static void set_enabled(struct feed_ring *f, bool on)
{
	for (size_t i = 0; i < f->events_len; i++)
		ring_instance_enable(f->events[i].inst, f->events[i].system, f->events[i].event,
				     on);
	f->running = on;
}

static void feed_ring_detach(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	for (size_t i = 0; i < f->events_len; i++) {
		ring_instance_enable(f->events[i].inst, f->events[i].system, f->events[i].event,
				     false);
		free(f->events[i].system);
		free(f->events[i].event);
	}
	f->events_len = 0;
}

static int feed_ring_start(struct feed *base, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	f->running = true;
	for (size_t i = 0; i < f->events_len; i++) {
		const struct enabled *ev = &f->events[i];
		int rc = ring_instance_enable(ev->inst, ev->system, ev->event, true);

		if (rc)
			return err_sys(e, rc, "enabling %s", ev->event);
	}
	return 0;
}

/* A CPU's ring stays when it goes, and is there when it comes. */
static int feed_ring_set_cpu(struct feed *base, int cpu, bool online, struct err *e)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	int rc = 0;

	if (cpu >= f->cpus_len)
		return err_set(e, -EINVAL, "there is no CPU %d", cpu);
	if (!online)
		return 0;
	cpus_add(&f->online, cpu);
	for (size_t i = 0; i < f->insts_len && !rc; i++)
		rc = ring_instance_add_cpu(f->insts[i].ring, cpu, f->ring_size, e);
	return rc;
}

/* Triggers are called in the order in which they came: off and on again. */
static int feed_ring_last(struct feed *base, const char *event, struct err *e)
{
	const struct feed_ring *f = container_of(base, struct feed_ring, base);
	int rc = 0;

	for (size_t i = 0; i < f->events_len && f->running; i++) {
		const struct enabled *ev = &f->events[i];

		if (strcmp(ev->event, event))
			continue;
		rc = ring_instance_enable(ev->inst, ev->system, ev->event, false);
		if (!rc)
			rc = ring_instance_enable(ev->inst, ev->system, ev->event, true);
	}
	return rc ? err_sys(e, rc, "enabling %s", event) : 0;
}

static void feed_ring_stop(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	set_enabled(f, false);
	f->lost_read = 0;
}

static void push_pending(struct feed_ring *f)
{
	const struct feed_record *r = f->pending->record;

	if (f->pending->full &&
	    reorder_push(f->reorder, r->time, r, sizeof(*r) + 8 * r->frames_len + r->size))
		f->missed++;
	f->pending->full = false;
}

/* The addresses end where the record does, or before that with all bits set. */
static void add_stack(struct feed_ring *f, const char *data, size_t size)
{
	struct feed_record *r = f->pending->record;
	uint64_t *frames = (uint64_t *)(r + 1);
	uint32_t n = 0;

	if (!f->pending->full || memcmp(data + 4, (char *)frames + 4, 4))
		return; /* of another thread: not this check's */
	memmove(frames + FEED_FRAMES_MAX, frames, r->size);
	for (size_t at = (size_t)f->stack_at; at + (size_t)f->word <= size && n < FEED_FRAMES_MAX;
	     at += (size_t)f->word) {
		uint64_t addr = 0;

		memcpy(&addr, data + at, (size_t)f->word);
		if (!addr || addr == (f->word == 8 ? UINT64_MAX : UINT32_MAX))
			break;
		frames[n++] = addr;
	}
	r->frames_len = n;
	memmove(frames + n, frames + FEED_FRAMES_MAX, r->size);
	push_pending(f);
}

static void on_event(struct feed_ring *f, const char *data, size_t size, uint64_t time)
{
	struct feed_record *r = f->pending->record;
	struct feed_entry entry;

	if (size < sizeof(entry) || size > RECORD_MAX)
		return;
	memcpy(&entry, data, sizeof(entry));
	if (entry.type == f->stack_id) {
		add_stack(f, data, size);
		return;
	}
	push_pending(f);
	*r = (struct feed_record){.time = time, .size = (uint32_t)size};
	memcpy(r + 1, data, size);
	f->pending->full = true;
	if (!f->stacks)
		push_pending(f);
}

static int read_cpu(struct feed_ring *f, const struct instance *inst, int cpu)
{
	int n;

	f->pending = &inst->pending[cpu];
	f->stacks = inst->stacks;
	while ((n = ring_instance_read(inst->ring, cpu, f->page, f->page_size)) > 0) {
		unsigned long long time;
		void *data;
		int missed;

		if (!f->pending->record)
			f->pending->record = calloc(1, sizeof(*f->pending->record) +
							       8 * FEED_FRAMES_MAX + RECORD_MAX);
		if (!f->pending->record)
			return -ENOMEM;
		if (kbuffer_load_subbuffer(f->kbuf, f->page) < 0)
			return -EBADMSG;
		missed = kbuffer_missed_events(f->kbuf);
		f->missed += missed > 0 ? (uint64_t)missed : missed < 0;
		for (data = kbuffer_read_event(f->kbuf, &time); data;
		     data = kbuffer_next_event(f->kbuf, &time)) {
			size_t size = (size_t)kbuffer_event_size(f->kbuf);
			size_t at = (size_t)((char *)data - (char *)f->page);

			if (at > f->page_size || size > f->page_size - at)
				return -EBADMSG;
			on_event(f, data, size, time);
		}
	}
	if (!f->running)
		push_pending(f);
	return n;
}

/* What waits for its stack has to be delivered before anything later. */
static uint64_t first_pending(const struct feed_ring *f)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < f->insts_len; i++)
		for (int cpu = 0; cpu < f->online.len; cpu++)
			if (f->insts[i].pending[cpu].full)
				first = MIN(first, f->insts[i].pending[cpu].record->time);
	return first;
}

static void deliver(void *arg, const void *data, size_t size)
{
	struct feed_ring *f = arg;

	f->fn(f->arg, data);
	f->read++;
}

/* The records of one process are few and wait for no other's (core/base/reorder.h). */
static uint64_t all_are_in_until(const struct feed_ring *f)
{
	if (!f->running || (f->base.clock_unknown && f->cfg.pid > 0))
		return UINT64_MAX;
	return f->base.clock_unknown ? reorder_newest(f->reorder) : clock_mono_ns();
}

static int feed_ring_read(struct feed *base, feed_fn *fn, void *arg)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);
	uint64_t until = all_are_in_until(f);
	int rc = 0;

	for (size_t i = 0; i < f->insts_len && rc >= 0; i++)
		for (int cpu = 0; cpu < f->online.len && rc >= 0; cpu++)
			rc = read_cpu(f, &f->insts[i], cpu);
	f->fn = fn;
	f->arg = arg;
	f->read = 0;
	reorder_flush(f->reorder, MIN(until, first_pending(f)), deliver, f);
	return rc < 0 ? rc : f->read;
}

/*
 * None: on older kernels a poll of trace_pipe_raw is woken by every single record, which would cost
 * the traced programs more than the record. The session reads by its timer.
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
		for (size_t i = 0; i < f->insts_len; i++)
			sum += ring_instance_lost(f->insts[i].ring);
		f->lost = MAX(f->lost, sum);
		f->lost_read = now;
	}
	return MAX(f->lost, f->missed);
}

/* A ring's events can't be counted without being recorded. */
static uint64_t feed_ring_counted(const struct feed *base)
{
	return 0;
}

static void feed_ring_close(struct feed *base)
{
	struct feed_ring *f = container_of(base, struct feed_ring, base);

	feed_ring_detach(base);
	/* An open pipe can hold all instances (ftrace/feed/instances.h). */
	for (size_t i = 0; i < f->insts_len; i++)
		ring_instance_close_pipes(f->insts[i].ring);
	for (size_t i = 0; i < f->insts_len; i++) {
		ring_instance_close(f->insts[i].ring);
		for (int cpu = 0; cpu < f->cpus_len; cpu++)
			free(f->insts[i].pending[cpu].record);
		free(f->insts[i].pending);
	}
	kbuffer_free(f->kbuf);
	reorder_free(f->reorder);
	free(f->page);
	free(f->events);
	free(f->insts);
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
