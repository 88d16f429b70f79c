// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The feed that reads perf's rings. Each CPU has one ring, which belongs to an event that records
 * nothing itself; all events on that CPU, of any task, write into it. After feed_perf_stop() losses
 * are known exactly, because an event counts all matches, recorded or not.
 */
#include <linux/perf_event.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/feed_queue.h"
#include "ftrace/feed/perf_event.h"
#include "ftrace/feed/perf_ring.h"
#include "ftrace/feed/perf_sample.h"
#include "ftrace/feed/subscriptions.h"

struct perf_fd {
	int fd, cpu;
	bool count, loss_ok;
};

struct perf_cpu {
	int leader; /* fd of the event that owns the ring; -1: none */
	struct perf_ring ring;
};

struct feed_perf {
	struct feed base;
	pid_t pid;
	struct perf_event_attr attr; /* common to all recording events */
	size_t ring_size;
	bool running;
	struct perf_cpu *cpus;
	int cpus_len;
	struct perf_fd *fds;
	size_t fds_len, fds_room;
	struct subscriptions subscriptions;
	uint64_t gone[2]; /* counts from CPUs that went away, indexed by perf_fd.count */
	struct feed_queue queue;
	uint64_t delivered, lost_seen;
	int loss_ok_id; /* id of the event with feed_subscription.loss_ok; 0: none */
	bool stopped;
	struct feed_record *record; /* buffer for the record that is being read */
};

static size_t power_of_two(size_t n)
{
	size_t p = (size_t)sysconf(_SC_PAGESIZE);

	while (p * 2 <= n)
		p *= 2;
	return p;
}

/* Opens the event that owns a CPU's ring. It is never enabled. */
static int open_leader(struct feed_perf *f, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = f->attr.sample_type,
		.watermark = 1,
		.wakeup_watermark = (uint32_t)(f->ring_size / 4),
		.disabled = 1,
		.use_clockid = f->attr.use_clockid,
		.clockid = f->attr.clockid,
	};
	int fd = perf_event_create(&attr, -1, cpu);

	if (fd == -EINVAL && attr.use_clockid) {
		/* Before 4.1 (34f439278cef) a perf event has no clock of choice. */
		f->attr.use_clockid = attr.use_clockid = 0;
		f->attr.clockid = attr.clockid = 0;
		f->base.clock_unknown = true;
		fd = perf_event_create(&attr, -1, cpu);
	}
	if (fd == -ENOENT) {
		/* Before 3.12 (fa0097ee6906) there is no dummy event. */
		attr.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
		fd = perf_event_create(&attr, -1, cpu);
	}
	return fd;
}

static int open_cpu(struct feed_perf *f, int cpu, struct err *e)
{
	struct perf_cpu *c = &f->cpus[cpu];
	int rc;

	if (c->leader >= 0)
		return 0;
	c->leader = open_leader(f, cpu);
	if (c->leader < 0)
		return perf_event_explain(c->leader, "opening the ring of a CPU", e);
	rc = perf_ring_open(&c->ring, c->leader, f->ring_size);
	if (rc == -EPERM)
		return err_set(e, rc,
			       "perf: the rings exceed the limit of locked memory; raise "
			       "kernel.perf_event_mlock_kb, add CAP_IPC_LOCK, or give a smaller "
			       "--buffer-size");
	return rc ? err_sys(e, rc, "perf: mapping the ring of CPU %d", cpu) : 0;
}

static struct perf_event_attr common_attr(const struct feed_cfg *cfg)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(struct perf_event_attr),
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW |
			       (cfg->frames ? PERF_SAMPLE_CALLCHAIN : 0),
		.exclude_callchain_user = 1,
		/* Since 4.8 (97c79a38cd45). Older kernels require 0: attach_one() tries again. */
		.sample_max_stack = cfg->frames < FEED_FRAMES_MAX ? (uint16_t)cfg->frames : 0,
		.disabled = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
}

static int feed_perf_open(struct feed **out, const struct feed_cfg *cfg, struct err *e)
{
	struct feed_perf *f = calloc(1, sizeof(*f));
	struct cpus online;
	int rc = 0;

	if (!f)
		return err_sys(e, -ENOMEM, "perf");
	cpus_online(&online);
	f->base.ops = &feed_perf;
	f->pid = cfg->pid ? cfg->pid : -1;
	f->cpus_len = cpus_limit(&online);
	f->cpus = calloc((size_t)f->cpus_len, sizeof(*f->cpus));
	f->record = malloc(PERF_SAMPLE_ROOM);
	*out = &f->base;
	if (feed_queue_init(&f->queue, cfg) || !f->cpus || !f->record) {
		free(f->cpus);
		f->cpus = NULL;
		f->cpus_len = 0;
		rc = err_sys(e, -ENOMEM, "perf");
	}
	for (int cpu = 0; cpu < f->cpus_len; cpu++)
		f->cpus[cpu].leader = -1;
	f->ring_size = power_of_two(feed_ring_size(cfg, &online));
	f->attr = common_attr(cfg);
	perf_event_raise_fd_limit();
	for (int cpu = 0; cpu < f->cpus_len && !rc; cpu++)
		if (cpus_has(&online, cpu))
			rc = open_cpu(f, cpu, e);
	if (rc) {
		feed_perf.close(&f->base);
		*out = NULL;
	}
	return rc;
}

static int add_fd(struct feed_perf *f, int fd, int cpu, const struct feed_subscription *sub)
{
	struct perf_fd *grown;

	if (f->fds_len == f->fds_room) {
		size_t room = MAX(f->fds_room * 2, (size_t)32);

		grown = realloc(f->fds, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		f->fds = grown;
		f->fds_room = room;
	}
	f->fds[f->fds_len++] = (struct perf_fd){
		.fd = fd, .cpu = cpu, .count = sub->count, .loss_ok = sub->loss_ok};
	if (sub->loss_ok)
		f->loss_ok_id = sub->id;
	return 0;
}

static int attach_one(struct feed_perf *f, const struct feed_subscription *sub, int cpu)
{
	struct perf_event_attr attr = f->attr;
	int fd, rc = 0;

	attr.config = (uint64_t)sub->id;
	attr.inherit = f->pid > 0;
	if (sub->count)
		attr.sample_period = attr.sample_type = 0;
	fd = perf_event_create(&attr, f->pid, cpu);
	if (fd == -EINVAL && attr.sample_max_stack) {
		attr.sample_max_stack = f->attr.sample_max_stack = 0;
		fd = perf_event_create(&attr, f->pid, cpu);
	}
	if (fd < 0)
		return fd;
	if (sub->filter && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, sub->filter))
		rc = -errno;
	if (!rc && !sub->count && ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, f->cpus[cpu].leader))
		rc = -errno;
	if (!rc && f->running && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		rc = -errno;
	if (!rc)
		rc = add_fd(f, fd, cpu, sub);
	if (rc)
		close(fd);
	return rc;
}

static int feed_perf_attach(struct feed *base, const struct feed_subscription *sub, struct err *e)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	int first = sub->cpu < 0 ? 0 : sub->cpu;
	int end = sub->cpu < 0 ? f->cpus_len : sub->cpu + 1;
	int rc;

	if (end > f->cpus_len)
		return err_set(e, -EINVAL, "perf: there is no CPU %d", sub->cpu);
	rc = subscriptions_add(&f->subscriptions, sub);
	if (rc)
		return err_sys(e, rc, "perf");
	if (sub->cpu >= 0)
		rc = open_cpu(f, sub->cpu, e);
	for (int cpu = first; cpu < end && !rc; cpu++) {
		if (f->cpus[cpu].leader < 0)
			continue;
		rc = attach_one(f, sub, cpu);
		if (rc)
			return perf_event_explain(rc, sub->event, e);
	}
	return rc;
}

static void feed_perf_detach(struct feed *base)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);

	while (f->fds_len)
		close(f->fds[--f->fds_len].fd);
	subscriptions_clear(&f->subscriptions);
}

static int feed_perf_start(struct feed *base, struct err *e)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);

	for (size_t i = 0; i < f->fds_len; i++)
		if (ioctl(f->fds[i].fd, PERF_EVENT_IOC_ENABLE, 0))
			return err_sys(e, -errno, "perf: enabling an event");
	f->running = true;
	return 0;
}

/* With attr.inherit, the count of an event includes the task's children. */
static uint64_t count_of(const struct feed_perf *f, bool count)
{
	uint64_t sum = f->gone[count], n;

	for (size_t i = 0; i < f->fds_len; i++)
		if (f->fds[i].count == count && !f->fds[i].loss_ok &&
		    read(f->fds[i].fd, &n, sizeof(n)) == sizeof(n))
			sum += n;
	return sum;
}

static void feed_perf_stop(struct feed *base)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);

	for (size_t i = 0; i < f->fds_len; i++)
		ioctl(f->fds[i].fd, PERF_EVENT_IOC_DISABLE, 0);
	f->running = false;
	f->stopped = true;
}

static bool is_loss_ok(const struct feed_perf *f, const char *raw, size_t size)
{
	uint16_t type;

	if (!f->loss_ok_id || size < sizeof(type))
		return false;
	memcpy(&type, raw, sizeof(type));
	return type == f->loss_ok_id;
}

static void on_ring_record(void *arg, const struct perf_event_header *h)
{
	struct feed_perf *f = arg;
	struct feed_record *r = f->record;

	f->lost_seen += perf_sample_lost(h);
	if (!perf_sample_read(h, f->attr.sample_type & PERF_SAMPLE_CALLCHAIN, r))
		return;
	if (!is_loss_ok(f, feed_raw(r), r->size))
		f->delivered++;
	if (feed_queue_push(&f->queue, r))
		f->lost_seen++;
}

/* The CPU's events do not come back when it does, but the records in its ring are still valid. */
static void leave_cpu(struct feed_perf *f, int cpu)
{
	size_t kept = 0;
	uint64_t n;

	perf_ring_read(&f->cpus[cpu].ring, on_ring_record, f);
	for (size_t i = 0; i < f->fds_len; i++) {
		struct perf_fd *p = &f->fds[i];

		if (p->cpu != cpu) {
			f->fds[kept++] = *p;
			continue;
		}
		if (!p->loss_ok && read(p->fd, &n, sizeof(n)) == sizeof(n))
			f->gone[p->count] += n;
		close(p->fd);
	}
	f->fds_len = kept;
	perf_ring_close(&f->cpus[cpu].ring);
	close(f->cpus[cpu].leader);
	f->cpus[cpu].leader = -1;
}

static int feed_perf_set_cpu(struct feed *base, int cpu, bool online, struct err *e)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	int rc = 0;

	if (cpu >= f->cpus_len)
		return err_set(e, -EINVAL, "perf: there is no CPU %d", cpu);
	if (f->cpus[cpu].leader >= 0)
		leave_cpu(f, cpu);
	if (!online)
		return 0;
	rc = open_cpu(f, cpu, e);
	for (size_t i = 0; i < f->subscriptions.len && !rc; i++) {
		const struct feed_subscription *sub = &f->subscriptions.list[i];

		if (sub->cpu >= 0 && sub->cpu != cpu)
			continue;
		rc = attach_one(f, sub, cpu);
		if (rc)
			return perf_event_explain(rc, sub->event, e);
	}
	return rc;
}

static int feed_perf_read(struct feed *base, feed_fn *fn, void *arg)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	uint64_t until = f->stopped ? UINT64_MAX : feed_queue_until(&f->queue, base);

	for (int cpu = 0; cpu < f->cpus_len; cpu++) {
		if (f->cpus[cpu].ring.page)
			perf_ring_read(&f->cpus[cpu].ring, on_ring_record, f);
	}
	return feed_queue_deliver(&f->queue, until, fn, arg);
}

static int feed_perf_fds(const struct feed *base, struct pollfd *fds, int max)
{
	const struct feed_perf *f = container_of(base, struct feed_perf, base);
	int n = 0;

	for (int cpu = 0; cpu < f->cpus_len && n < max; cpu++)
		if (f->cpus[cpu].leader >= 0)
			fds[n++] = (struct pollfd){.fd = f->cpus[cpu].leader, .events = POLLIN};
	return n;
}

/* A ring reports losses only once it has room again; after stop() the counts give the number. */
static uint64_t feed_perf_lost(struct feed *base)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	uint64_t made;

	if (f->stopped) {
		made = count_of(f, false);
		if (made > f->delivered)
			f->lost_seen = MAX(f->lost_seen, made - f->delivered);
	}
	return f->lost_seen;
}

static uint64_t feed_perf_counted(const struct feed *base)
{
	return count_of(container_of(base, struct feed_perf, base), true);
}

static void feed_perf_close(struct feed *base)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);

	feed_perf_detach(base);
	for (int cpu = 0; cpu < f->cpus_len; cpu++) {
		perf_ring_close(&f->cpus[cpu].ring);
		if (f->cpus[cpu].leader >= 0)
			close(f->cpus[cpu].leader);
	}
	feed_queue_free(&f->queue);
	free(f->record);
	free(f->cpus);
	free(f->fds);
	free(f);
}

const struct feed_ops feed_perf = {
	.name = "perf",
	.counts = true,
	.open = feed_perf_open,
	.attach = feed_perf_attach,
	.detach = feed_perf_detach,
	.set_cpu = feed_perf_set_cpu,
	.start = feed_perf_start,
	.stop = feed_perf_stop,
	.read = feed_perf_read,
	.fds = feed_perf_fds,
	.lost = feed_perf_lost,
	.counted = feed_perf_counted,
	.close = feed_perf_close,
};
