// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * perf's rings. Each CPU has one ring, owned by an event that never records by itself; all events
 * on that CPU, of whatever task, write into it. Losses are known exactly in the end: an event counts
 * what matched, whether or not it could be recorded.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/reorder.h"
#include "core/base/util.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/feed/feed.h"
#include "ftrace/feed/perf_ring.h"
#include "ftrace/feed/perf_sample.h"

#define RING_SIZE_DEFAULT (1U << 20) /* a CPU */

#ifndef PERF_FLAG_FD_CLOEXEC
#define PERF_FLAG_FD_CLOEXEC 8 /* 3.14 (a21b0b354d4a) */
#endif

struct perf_fd {
	int fd, cpu;
	bool count, loss_ok;
};

struct subscription {
	struct feed_subscription src; /* with strings of its own */
	char *event, *filter;
};

struct perf_cpu {
	int leader; /* fd whose ring this is, or -1 */
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
	struct subscription *subscriptions;
	size_t subscriptions_len, subscriptions_room;
	uint64_t gone[2]; /* counts of CPUs that went away, by perf_fd.count */
	struct reorder *reorder;
	uint64_t delivered, lost_seen;
	int loss_ok_id; /* of the event whose records may be lost; 0: none */
	bool stopped;
	/* While reading: */
	struct feed_record *record;
	feed_fn *fn;
	void *arg;
	int read;
};

static int perf_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	int fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	/* a21b0b354d4a (3.14) */
	if (fd < 0 && errno == EINVAL) {
		fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, 0);
		if (fd >= 0)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

static int explain(int rc, const char *what, struct err *e)
{
	cleanup_fclose FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int paranoid = 0;

	switch (rc) {
	case -ENOSYS:
		return err_set(e, rc, "this kernel has no perf events (CONFIG_PERF_EVENTS)");
	case -EPERM:
	case -EACCES:
		if (!f || fscanf(f, "%d", &paranoid) != 1)
			paranoid = 0;
		return err_set(
			e, rc,
			"perf_event_open is refused (needs CAP_PERFMON, before Linux 5.8 "
			"CAP_SYS_ADMIN, and where kernel.perf_event_paranoid is above 2, too: "
			"it is %d; a seccomp filter can be the reason as well)",
			paranoid);
	case -EMFILE:
		return err_set(e, rc, "perf: too many open files: raise the limit (ulimit -n)");
	default:
		return err_sys(e, rc, "perf: %s", what);
	}
}

static void raise_fd_limit(void)
{
	struct rlimit lim;

	/* A file descriptor a CPU, event and traced thread. */
	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
}

static size_t power_of_two(size_t n)
{
	size_t p = (size_t)sysconf(_SC_PAGESIZE);

	while (p * 2 <= n)
		p *= 2;
	return p;
}

/* The event that owns a CPU's ring. It is never switched on. */
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
	int fd = perf_open(&attr, -1, cpu);

	if (fd == -EINVAL && attr.use_clockid) {
		/* 34f439278cef (4.1) */
		f->attr.use_clockid = attr.use_clockid = 0;
		f->attr.clockid = attr.clockid = 0;
		f->base.clock_unknown = true;
		fd = perf_open(&attr, -1, cpu);
	}
	if (fd == -ENOENT) {
		/* fa0097ee6906 (3.12) */
		attr.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
		fd = perf_open(&attr, -1, cpu);
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
		return explain(c->leader, "opening the ring of a CPU", e);
	rc = perf_ring_open(&c->ring, c->leader, f->ring_size);
	if (rc == -EPERM)
		return err_set(e, rc,
			       "perf: no room for the rings (kernel.perf_event_mlock_kb, "
			       "CAP_IPC_LOCK); --buffer-size makes them smaller");
	return rc ? err_sys(e, rc, "perf: mapping the ring of CPU %d", cpu) : 0;
}

static int feed_perf_open(struct feed **out, const struct feed_cfg *cfg, struct err *e)
{
	struct feed_perf *f = calloc(1, sizeof(*f));
	struct cpus online, possible;
	int n = 0, rc = 0;

	if (!f)
		return err_sys(e, -ENOMEM, "perf");
	cpus_online(&online);
	cpus_possible(&possible);
	f->base.ops = &feed_perf;
	f->pid = cfg->pid ? cfg->pid : -1;
	f->cpus_len = MAX(online.len, possible.len);
	f->cpus = calloc((size_t)f->cpus_len, sizeof(*f->cpus));
	f->reorder = reorder_new();
	f->record = malloc(PERF_SAMPLE_ROOM);
	*out = &f->base;
	if (!f->cpus || !f->reorder || !f->record) {
		free(f->cpus);
		f->cpus = NULL;
		f->cpus_len = 0;
		rc = err_sys(e, -ENOMEM, "perf");
	}
	for (int cpu = 0; cpu < f->cpus_len; cpu++) {
		f->cpus[cpu].leader = -1;
		n += cpus_has(&online, cpu);
	}
	f->ring_size = power_of_two(cfg->buffer_size ? cfg->buffer_size / (size_t)MAX(n, 1)
						     : RING_SIZE_DEFAULT);
	f->attr = (struct perf_event_attr){
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(f->attr),
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW |
			       (cfg->frames ? PERF_SAMPLE_CALLCHAIN : 0),
		.exclude_callchain_user = 1,
		/* 97c79a38cd45 (4.8); what it doesn't know has to be 0. */
		.sample_max_stack = cfg->frames < FEED_FRAMES_MAX ? (uint16_t)cfg->frames : 0,
		.disabled = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	raise_fd_limit();
	for (int cpu = 0; cpu < f->cpus_len && !rc; cpu++)
		if (cpus_has(&online, cpu))
			rc = open_cpu(f, cpu, e);
	if (rc) {
		feed_perf.close(&f->base);
		*out = NULL;
	}
	return rc;
}

static int add_fd(struct feed_perf *f, int fd, int cpu, const struct feed_subscription *src)
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
	f->fds[f->fds_len++] = (struct perf_fd){fd, cpu, src->count, src->loss_ok};
	if (src->loss_ok)
		f->loss_ok_id = src->id;
	return 0;
}

static int attach_one(struct feed_perf *f, const struct feed_subscription *src, int cpu)
{
	struct perf_event_attr attr = f->attr;
	int fd, rc = 0;

	attr.config = (uint64_t)src->id;
	attr.inherit = f->pid > 0;
	if (src->count)
		attr.sample_period = attr.sample_type = 0;
	fd = perf_open(&attr, f->pid, cpu);
	if (fd == -EINVAL && attr.sample_max_stack) {
		attr.sample_max_stack = f->attr.sample_max_stack = 0;
		fd = perf_open(&attr, f->pid, cpu);
	}
	if (fd < 0)
		return fd;
	if (src->filter && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, src->filter))
		rc = -errno;
	if (!rc && !src->count && ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, f->cpus[cpu].leader))
		rc = -errno;
	if (!rc && f->running && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		rc = -errno;
	if (!rc)
		rc = add_fd(f, fd, cpu, src);
	if (rc)
		close(fd);
	return rc;
}

static int keep_subscription(struct feed_perf *f, const struct feed_subscription *src)
{
	struct subscription *s;

	if (f->subscriptions_len == f->subscriptions_room) {
		size_t room = MAX(f->subscriptions_room * 2, (size_t)8);
		struct subscription *grown = realloc(f->subscriptions, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		f->subscriptions = grown;
		f->subscriptions_room = room;
	}
	s = &f->subscriptions[f->subscriptions_len];
	*s = (struct subscription){.src = *src};
	s->event = strdup(src->event);
	s->filter = src->filter ? strdup(src->filter) : NULL;
	if (!s->event || (src->filter && !s->filter)) {
		free(s->event);
		free(s->filter);
		return -ENOMEM;
	}
	s->src.system = NULL;
	s->src.event = s->event;
	s->src.filter = s->filter;
	f->subscriptions_len++;
	return 0;
}

static int feed_perf_attach(struct feed *base, const struct feed_subscription *src, struct err *e)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	int first = src->cpu < 0 ? 0 : src->cpu;
	int end = src->cpu < 0 ? f->cpus_len : src->cpu + 1;
	int rc;

	if (end > f->cpus_len)
		return err_set(e, -EINVAL, "perf: there is no CPU %d", src->cpu);
	rc = keep_subscription(f, src);
	if (rc)
		return err_sys(e, rc, "perf");
	if (src->cpu >= 0)
		rc = open_cpu(f, src->cpu, e);
	for (int cpu = first; cpu < end && !rc; cpu++) {
		if (f->cpus[cpu].leader < 0)
			continue;
		rc = attach_one(f, src, cpu);
		if (rc)
			return explain(rc, src->event, e);
	}
	return rc;
}

static void feed_perf_detach(struct feed *base)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);

	while (f->fds_len)
		close(f->fds[--f->fds_len].fd);
	while (f->subscriptions_len) {
		free(f->subscriptions[--f->subscriptions_len].event);
		free(f->subscriptions[f->subscriptions_len].filter);
	}
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

/* Children's counts are in their parent's. */
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
	size_t len = perf_sample_read(h, f->attr.sample_type & PERF_SAMPLE_CALLCHAIN, r);

	f->lost_seen += perf_sample_lost(h);
	if (!len)
		return;
	if (!is_loss_ok(f, feed_raw(r), r->size))
		f->delivered++;
	if (reorder_push(f->reorder, r->time, r, len))
		f->lost_seen++;
}

static void deliver(void *arg, const void *data, size_t size)
{
	struct feed_perf *f = arg;

	f->fn(f->arg, data);
	f->read++;
}

/* Its events are dead (they don't come back with it), but what is in its ring is not. */
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
	for (size_t i = 0; i < f->subscriptions_len && !rc; i++) {
		const struct feed_subscription *src = &f->subscriptions[i].src;

		if (src->cpu >= 0 && src->cpu != cpu)
			continue;
		rc = attach_one(f, src, cpu);
		if (rc)
			return explain(rc, src->event, e);
	}
	return rc;
}

/* The records of one process are few and wait for no other's (core/base/reorder.h). */
static uint64_t all_are_in_until(const struct feed_perf *f)
{
	if (f->stopped || (f->base.clock_unknown && f->pid > 0))
		return UINT64_MAX;
	if (f->base.clock_unknown)
		return reorder_newest(f->reorder);
	return clock_mono_ns();
}

static int feed_perf_read(struct feed *base, feed_fn *fn, void *arg)
{
	struct feed_perf *f = container_of(base, struct feed_perf, base);
	uint64_t until = all_are_in_until(f);

	for (int cpu = 0; cpu < f->cpus_len; cpu++) {
		if (f->cpus[cpu].ring.page)
			perf_ring_read(&f->cpus[cpu].ring, on_ring_record, f);
	}
	f->fn = fn;
	f->arg = arg;
	f->read = 0;
	reorder_flush(f->reorder, until, deliver, f);
	return f->read;
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

/* The rings tell of a loss only when they have room again; in the end the counts do. */
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
	reorder_free(f->reorder);
	free(f->record);
	free(f->cpus);
	free(f->fds);
	free(f->subscriptions);
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
