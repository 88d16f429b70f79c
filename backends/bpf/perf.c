// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader for kernels without the BPF ring buffer (before 5.8): one perf buffer per CPU, whose
 * records are put in order.
 */
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <string.h>

#include "backends/bpf/reader.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/reorder.h"
#include "core/base/util.h"

struct perf {
	struct bpf_reader reader;
	bool timed;
	struct perf_buffer *buffers;
	struct reorder *reorder;
	uint64_t lost;
};

/* A PERF_RECORD_SAMPLE with PERF_SAMPLE_RAW. */
struct sample {
	struct perf_event_header header;
	uint32_t size;
	char data[]; /* not aligned */
};

static enum bpf_perf_event_ret on_record(void *arg, int cpu, struct perf_event_header *header)
{
	const struct sample *sample = (const void *)header;
	struct perf *p = arg;
	uint64_t time = 0;

	/*
	 * Records that found no room are not counted here: the program gets an error (56201969072e,
	 * 5.1) and counts them.
	 */
	if (header->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	if (sample->size < sizeof(time)) {
		p->lost++;
		return LIBBPF_PERF_EVENT_CONT;
	}
	/* Records without a time keep the order in which they are read. */
	if (p->timed)
		memcpy(&time, sample->data, sizeof(time));
	if (reorder_push(p->reorder, time & WIRE_TIME_MASK, sample->data, sample->size))
		p->lost++;
	return LIBBPF_PERF_EVENT_CONT;
}

static void perf_close(struct bpf_reader *reader)
{
	struct perf *p = container_of(reader, struct perf, reader);

	perf_buffer__free(p->buffers);
	reorder_free(p->reorder);
	free(p);
}

static int perf_open(struct bpf_reader **out, const struct bpf_reader_cfg *cfg, struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = 1;
	struct perf *p = calloc(1, sizeof(*p));
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
	};
	char buf[128];
	int rc;

	if (!p)
		return err_sys(e, -ENOMEM, "perf buffer");
	while (pages * 2 * page * (size_t)libbpf_num_possible_cpus() <= cfg->size)
		pages *= 2;
	/*
	 * Only the fill level wakes the reader: by default libbpf has each record do so, and a
	 * wake-up costs the traced program 11,000 ns.
	 */
	if (cfg->timed) {
		attr.watermark = 1;
		attr.wakeup_watermark = (uint32_t)(pages * page / 4);
	}
	p->reader.ops = &bpf_perf_ops;
	p->timed = cfg->timed;
	p->reorder = reorder_new();
	p->buffers = perf_buffer__new_raw(cfg->map, pages, &attr, on_record, p, NULL);
	if (!p->buffers || !p->reorder) {
		rc = p->buffers ? -ENOMEM : -errno;
		perf_close(&p->reader);
		return err_set(e, rc, "perf buffer: %s", bpf_strerror(rc, buf, sizeof(buf)));
	}
	*out = &p->reader;
	return 0;
}

static int perf_fd(const struct bpf_reader *reader)
{
	return perf_buffer__epoll_fd(container_of(reader, const struct perf, reader)->buffers);
}

/* Records made before `now` are in the buffers when these are read: their order is final. */
static int perf_drain(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg)
{
	struct perf *p = container_of(reader, struct perf, reader);
	uint64_t now = p->timed ? clock_mono_ns() : UINT64_MAX;
	int rc = perf_buffer__consume(p->buffers);

	return rc < 0 ? rc : (int)reorder_flush(p->reorder, now, fn, arg);
}

static uint64_t perf_lost(const struct bpf_reader *reader)
{
	return container_of(reader, const struct perf, reader)->lost;
}

const struct bpf_reader_ops bpf_perf_ops = {
	.open = perf_open,
	.fd = perf_fd,
	.drain = perf_drain,
	.lost = perf_lost,
	.close = perf_close,
};
