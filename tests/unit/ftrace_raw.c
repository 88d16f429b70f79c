// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Raw records of real kernels (tests/fixtures/raw, recorded by tests/tools/record-raw) pass through
 * all steps of user space: reading perf's rings and tracefs's pages, merging the CPUs, decoding,
 * and pairing with the results of the system calls.
 */
#include <criterion/criterion.h>
#include <linux/perf_event.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>

#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/reorder.h"
#include "core/base/util.h"
#include "fake_ring_instance.h"
#include "ftrace/feed/cpus.h"
#include "ftrace/feed/perf_ring.h"
#include "ftrace/feed/perf_sample.h"
#include "raw_fixture.h"

#define RING_SIZE 65536

/* --- perf ------------------------------------------------------------------------------------ */

struct merging {
	struct reorder *reorder;
	struct feed_record *record;
	struct raw_fixture *x;
	uint64_t lost;
	size_t samples;
};

static void on_perf_record(void *arg, const struct perf_event_header *h)
{
	struct merging *m = arg;
	size_t len = perf_sample_read(h, false, m->record);

	m->lost += perf_sample_lost(h);
	if (!len)
		return;
	m->samples++;
	cr_assert_eq(reorder_push(m->reorder, m->record->time, m->record, len), 0);
}

static void on_merged(void *arg, const void *data, size_t size)
{
	raw_fixture_take(arg, data);
}

/* Reads a ring that has these bytes from position @tail on; they may wrap around its end. */
static void read_ring(struct merging *m, const struct raw_bytes *b, uint64_t tail)
{
	struct perf_event_mmap_page *page = calloc(1, sizeof(*page));
	struct perf_ring r = {
		.page = page,
		.data = calloc(1, RING_SIZE),
		.size = RING_SIZE,
		.scratch = malloc(65536),
	};

	cr_assert(page && r.data && r.scratch && b->size <= RING_SIZE);
	for (size_t i = 0; i < b->size; i++)
		r.data[(tail + i) % RING_SIZE] = (char)b->data[i];
	page->data_tail = tail;
	page->data_head = tail + b->size;
	perf_ring_read(&r, on_perf_record, m);
	cr_assert_eq(page->data_tail, page->data_head);
	free(page);
	free(r.data);
	free(r.scratch);
}

static struct merging merging_new(struct raw_fixture *x)
{
	struct merging m = {.reorder = reorder_new(), .record = malloc(PERF_SAMPLE_ROOM), .x = x};

	cr_assert(m.reorder && m.record);
	return m;
}

static void merging_free(struct merging *m)
{
	reorder_free(m->reorder);
	free(m->record);
}

static void perf(const char *kernel, const char *machine, uint64_t tail)
{
	cleanup_free struct raw_fixture *x = malloc(sizeof(*x));
	struct merging m;

	raw_fixture_load(x, kernel, machine);
	m = merging_new(x);
	for (int cpu = RAW_CPUS - 1; cpu >= 0; cpu--)
		read_ring(&m, &x->perf[cpu], tail);
	cr_assert_eq(m.lost, 0);
	reorder_flush(m.reorder, UINT64_MAX, on_merged, x);
	raw_fixture_complete(x);
	merging_free(&m);
	raw_fixture_free(x);
}

Test(ftrace_raw, perf_amd64)
{
	perf("amd64-6.12", "x86_64", 0);
}

Test(ftrace_raw, perf_i386)
{
	perf("i386-5.10", "i386", 0);
}

/* A record that starts at the end of the ring continues at its beginning. */
Test(ftrace_raw, perf_around_the_end)
{
	for (uint64_t before = 8; before < 400; before += 8)
		perf("amd64-6.12", "x86_64", 3 * RING_SIZE - before);
}

/* A truncated sample is rejected, and nothing behind its end is read. */
Test(ftrace_raw, perf_cut_samples)
{
	struct feed_record *r = malloc(PERF_SAMPLE_ROOM);
	struct raw_fixture *x = malloc(sizeof(*x));
	struct perf_event_header *h, *copy;

	raw_fixture_load(x, "amd64-6.12", "x86_64");
	h = (void *)x->perf[0].data;
	cr_assert_eq(h->type, PERF_RECORD_SAMPLE);
	cr_assert_gt(perf_sample_read(h, false, r), 0);
	/*
	 * The size field and the raw data are padded to 8 bytes together; the size includes the
	 * padding.
	 */
	for (uint16_t size = sizeof(*h); size < h->size; size++) {
		copy = malloc(size); /* so that a sanitizer detects reads behind it */
		memcpy(copy, h, size);
		copy->size = size;
		cr_expect_eq(perf_sample_read(copy, false, r), 0, "%d bytes", size);
		cr_expect_eq(perf_sample_read(copy, true, r), 0, "%d bytes", size);
		free(copy);
	}
	raw_fixture_free(x);
	free(x);
	free(r);
}

/* A record that is smaller than its event is rejected, too. */
Test(ftrace_raw, cut_records)
{
	struct feed_record *r = malloc(PERF_SAMPLE_ROOM);
	struct raw_fixture *x = malloc(sizeof(*x));
	const struct raw_probe *p;
	const struct perf_event_header *h;
	struct cap_event ev;

	raw_fixture_load(x, "i386-5.10", "i386");
	h = (const void *)x->perf[0].data;
	cr_assert_gt(perf_sample_read(h, false, r), 0);
	p = raw_fixture_probe(x, r);
	cr_assert_not_null(p);
	for (uint32_t size = 0; size < p->dec.map.size; size++) {
		struct feed_record *copy = malloc(sizeof(*r) + size);

		memcpy(copy, r, sizeof(*r) + size);
		copy->size = size;
		cr_expect_not(hook_decode(&p->dec, copy, &ev), "%u bytes", size);
		free(copy);
	}
	raw_fixture_free(x);
	free(x);
	free(r);
}

struct finding {
	enum hook hook;
	enum fetch_value value;
	int64_t wanted;
	const struct raw_fixture *x;
	struct feed_record *record; /* the last record with the wanted value */
	const struct raw_probe *probe;
};

static void on_found(void *arg, const struct perf_event_header *h)
{
	struct finding *f = arg;
	cleanup_free struct feed_record *r = malloc(PERF_SAMPLE_ROOM);
	size_t len = perf_sample_read(h, false, r);
	const struct raw_probe *p = len ? raw_fixture_probe(f->x, r) : NULL;

	if (!p || p->dec.hook != f->hook ||
	    fetch_get(&p->dec.map, f->value, feed_raw(r), r->size) != f->wanted)
		return;
	free(f->record);
	f->record = malloc(len);
	memcpy(f->record, r, len);
	f->probe = p;
}

static void find_record(struct finding *f)
{
	for (size_t at = 0; at < f->x->perf[0].size;) {
		const struct perf_event_header *h = (const void *)(f->x->perf[0].data + at);

		on_found(f, h);
		at += h->size;
	}
	cr_assert_not_null(f->record);
}

/* Fields that were read from another task than the record's are not used. */
Test(ftrace_raw, another_task)
{
	struct raw_fixture *x = malloc(sizeof(*x));
	struct finding f = {
		.hook = HOOK_MAIN, .value = FETCH_CAP, .wanted = 18 /* SYS_CHROOT */, .x = x};
	const uint64_t task = FIELD(MNTNS) | FIELD(CGROUPID) | FIELD(SYSCALL);
	struct cap_event ev;

	raw_fixture_load(x, "amd64-6.12", "x86_64");
	find_record(&f);
	cr_assert(hook_decode(&f.probe->dec, f.record, &ev));
	cr_assert_eq(ev.have & task, task);
	((unsigned char *)(f.record + 1))[f.probe->dec.map.at[FETCH_TID].offset] ^= 1;
	cr_assert(hook_decode(&f.probe->dec, f.record, &ev));
	cr_assert_eq(ev.have & task, 0);
	cr_assert(ev.have & FIELD(VERDICT));
	free(f.record);
	raw_fixture_free(x);
	free(x);
}

/* The kernel rejects unknown securebits before it makes the check. */
Test(ftrace_raw, unknown_securebits)
{
	struct raw_fixture *x = malloc(sizeof(*x));
	struct finding f = {
		.hook = HOOK_PRCTL, .value = FETCH_ARG1, .wanted = PR_SET_SECUREBITS, .x = x};
	struct cap_event ev;

	raw_fixture_load(x, "i386-5.10", "i386");
	find_record(&f);
	cr_assert(hook_decode(&f.probe->dec, f.record, &ev));
	((unsigned char *)(f.record + 1))[f.probe->dec.map.at[FETCH_ARG2].offset + 1] = 1;
	cr_assert_not(hook_decode(&f.probe->dec, f.record, &ev));
	free(f.record);
	raw_fixture_free(x);
	free(x);
}

Test(ftrace_raw, perf_counts_what_was_lost)
{
	struct {
		struct perf_event_header h;
		uint64_t id, lost;
	} lost = {{PERF_RECORD_LOST, 0, sizeof(lost)}, 5, 12};
	struct raw_fixture *x = malloc(sizeof(*x));
	struct raw_bytes with;
	struct merging m;
	size_t all;

	raw_fixture_load(x, "amd64-6.12", "x86_64");
	m = merging_new(x);
	read_ring(&m, &x->perf[0], 0);
	all = m.samples;
	with = (struct raw_bytes){malloc(x->perf[0].size + sizeof(lost)),
				  x->perf[0].size + sizeof(lost)};
	memcpy(with.data, &lost, sizeof(lost));
	memcpy(with.data + sizeof(lost), x->perf[0].data, x->perf[0].size);
	read_ring(&m, &with, 0);
	cr_assert_eq(m.lost, 12);
	cr_assert_eq(m.samples, 2 * all, "the records that follow are read");
	/* A record too short for the number of losses. */
	lost.h.size = sizeof(lost.h) + 8;
	cr_assert_eq(perf_sample_lost(&lost.h), 0);
	/* After a corrupt header the rest is skipped, and the ring stays usable. */
	memset(with.data, 0, 8);
	read_ring(&m, &with, 0);
	cr_assert_eq(m.samples, 2 * all);
	free(with.data);
	merging_free(&m);
	raw_fixture_free(x);
	free(x);
}

/* --- tracefs --------------------------------------------------------------------------------- */

struct ring_reading {
	struct raw_fixture *x;
	struct tracedir *dir;
	struct feed *feed;
	int cpus; /* number of possible CPUs of this machine, at most RAW_CPUS */
};

static void ring_open(struct ring_reading *g, const char *kernel, const char *machine)
{
	struct feed_cfg cfg = {.system = "captrace"};
	struct cpus possible;

	g->x = malloc(sizeof(*g->x));
	raw_fixture_load(g->x, kernel, machine);
	cr_assert_eq(tracedir_open_at(&g->dir, g->x->dir, NULL), 0);
	cfg.tracedir = g->dir;
	cr_assert_eq(feed_ring.open(&g->feed, &cfg, NULL), 0);
	cpus_possible(&possible);
	g->cpus = MIN(possible.len, RAW_CPUS);
	for (int cpu = 0; cpu < g->cpus; cpu++) {
		struct feed_subscription sub = {.system = "captrace", .event = "check", .cpu = cpu};

		cr_assert_eq(feed_ring.attach(g->feed, &sub, NULL), 0);
	}
}

/* Serves all pages; on a machine with one CPU, all of them as that CPU's. */
static void ring_serve(const struct ring_reading *g)
{
	for (int cpu = 0; cpu < RAW_CPUS; cpu++)
		for (size_t at = 0; at < g->x->ring[cpu].size; at += RAW_PAGE)
			fake_ring_serve(cpu % g->cpus, g->x->ring[cpu].data + at, RAW_PAGE);
}

/* Reads after stop(): a running feed only delivers records older than this machine's clock. */
static int ring_read(struct ring_reading *g, feed_fn *fn, void *arg)
{
	int n;

	cr_assert_eq(feed_ring.start(g->feed, NULL), 0);
	feed_ring.stop(g->feed);
	n = feed_ring.read(g->feed, fn, arg);
	cr_assert_geq(n, 0);
	return n;
}

static void ring_close(struct ring_reading *g)
{
	feed_ring.close(g->feed);
	tracedir_close(g->dir);
	raw_fixture_free(g->x);
	free(g->x);
}

static void ring(const char *kernel, const char *machine)
{
	struct ring_reading g;

	ring_open(&g, kernel, machine);
	for (int cpu = 0; cpu < RAW_CPUS; cpu++)
		cr_expect_geq(g.x->ring[cpu].size, 2 * RAW_PAGE);
	ring_serve(&g);
	ring_read(&g, raw_fixture_take, g.x);
	raw_fixture_complete(g.x);
	cr_expect_eq(feed_ring.lost(g.feed), 0);
	ring_close(&g);
}

Test(ftrace_raw, ring_amd64)
{
	ring("amd64-6.12", "x86_64");
}

Test(ftrace_raw, ring_i386)
{
	ring("i386-5.10", "i386");
}

/* Kernels from 4.4 to 4.19 remove no instance while a pipe of any is open. */
Test(ftrace_raw, ring_closes_all_pipes_before_it_removes)
{
	struct ring_reading g;
	struct feed_subscription all = {.system = "captrace", .event = "fork", .cpu = -1};

	ring_open(&g, "amd64-6.12", "x86_64");
	cr_assert_eq(feed_ring.attach(g.feed, &all, NULL), 0);
	ring_close(&g);
	cr_expect_eq(fake_ring_removals().refused, 0);
	cr_expect_eq(fake_ring_removals().done, g.cpus + 1);
}

/* On 3.10 a filter applies in all instances, so only captrace's own events may have one. */
Test(ftrace_raw, ring_filters_others_events_only_for_itself)
{
	struct feed_subscription own = {.system = "captrace", .event = "other", .filter = "x == 1"};
	struct feed_subscription theirs = {
		.system = "raw_syscalls", .event = "sys_exit", .cpu = -1, .filter = "ret < 0"};
	struct ring_reading g;
	struct err e;

	ring_open(&g, "amd64-6.12", "x86_64");
	cr_expect_eq(feed_ring.attach(g.feed, &theirs, NULL), 0);
	cr_expect_str_eq(fake_ring_share_filters(true), "check");
	cr_expect_eq(feed_ring.attach(g.feed, &own, NULL), 0);
	cr_expect_eq(feed_ring.attach(g.feed, &theirs, &e), -EOPNOTSUPP);
	cr_expect(strstr(e.msg, "raw_syscalls/sys_exit"));
	ring_close(&g);
}

/* Where a page's header has the size of its data, and the flags in its upper bits. */
#define COMMIT_AT     8
#define MISSED_EVENTS (UINT32_C(1) << 31)
#define MISSED_STORED (UINT32_C(1) << 30)

static uint32_t commit_of(const unsigned char *page)
{
	uint32_t v;

	memcpy(&v, page + COMMIT_AT, sizeof(v));
	return v;
}

static void set_commit(unsigned char *page, uint32_t v)
{
	memcpy(page + COMMIT_AT, &v, sizeof(v));
}

static void count(void *arg, const struct feed_record *r)
{
	++*(int *)arg;
}

/* Counts records lost before a page: the number that the kernel gives, or 1 if it gives none. */
Test(ftrace_raw, ring_pages_tell_of_losses)
{
	struct ring_reading g;
	uint32_t commit;
	uint64_t lost = 7;
	int before, n = 0;

	ring_open(&g, "amd64-6.12", "x86_64");
	ring_serve(&g);
	before = ring_read(&g, count, &n);
	cr_assert_eq(n, before);
	cr_assert_eq(feed_ring.lost(g.feed), 0);
	commit = commit_of(g.x->ring[0].data);
	set_commit(g.x->ring[0].data, commit | MISSED_EVENTS);
	ring_serve(&g);
	cr_assert_eq(ring_read(&g, count, &n), before, "the other records are read");
	cr_assert_eq(feed_ring.lost(g.feed), 1);
	cr_assert_leq(16 + commit + sizeof(lost), RAW_PAGE);
	set_commit(g.x->ring[0].data, commit | MISSED_EVENTS | MISSED_STORED);
	memcpy(g.x->ring[0].data + 16 + commit, &lost, sizeof(lost));
	ring_serve(&g);
	cr_assert_eq(ring_read(&g, count, &n), before);
	cr_assert_eq(feed_ring.lost(g.feed), 1 + 7);
	ring_close(&g);
}

/* The kernel's own count is more exact, and is used if it is higher. */
Test(ftrace_raw, ring_counts_what_the_kernel_dropped)
{
	struct ring_reading g;
	int n = 0;

	ring_open(&g, "i386-5.10", "i386");
	ring_serve(&g);
	ring_read(&g, count, &n);
	fake_ring_lose(30);
	feed_ring.stop(g.feed);
	cr_assert_eq(feed_ring.lost(g.feed), 30);
	ring_close(&g);
}

/* A page cut off at any place: each record before the cut is delivered or not, and nothing else. */
Test(ftrace_raw, ring_cut_pages)
{
	struct ring_reading g;
	uint32_t commit;
	int all, last = 0;

	ring_open(&g, "amd64-6.12", "x86_64");
	commit = commit_of(g.x->ring[0].data);
	for (uint32_t cut = 0; cut <= commit; cut += 4) {
		int n = 0;

		set_commit(g.x->ring[0].data, cut);
		fake_ring_serve(0, g.x->ring[0].data, RAW_PAGE);
		all = ring_read(&g, count, &n);
		cr_assert_eq(n, all);
		cr_assert(n == last || n == last + 1, "%u bytes", cut);
		last = n;
	}
	cr_assert_gt(last, 10);
	ring_close(&g);
}
