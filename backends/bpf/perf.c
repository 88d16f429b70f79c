// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/perf.h"

#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <string.h>

#include "backends/bpf/object.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "core/base/err.h"
#include "core/base/reorder.h"
#include "core/base/util.h"

struct bpf_perf {
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
	struct bpf_perf *p = arg;
	uint64_t time; /* the first word of every record */

	/* A program counts what found no room, as it is told (56201969072e, 5.1): not again here. */
	if (header->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	if (sample->size < sizeof(time)) {
		p->lost++;
		return LIBBPF_PERF_EVENT_CONT;
	}
	memcpy(&time, sample->data, sizeof(time));
	if (reorder_push(p->reorder, time & WIRE_TIME_MASK, sample->data, sample->size))
		p->lost++;
	return LIBBPF_PERF_EVENT_CONT;
}

int bpf_perf_open(struct bpf_perf **out, int fd, size_t size, struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = 1;
	struct bpf_perf *p = calloc(1, sizeof(*p));
	/*
	 * Woken by the fill level alone: libbpf's own choice is a wake-up a record, each of which
	 * costs the traced program 11,000 ns.
	 */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.watermark = 1,
	};
	char buf[128];
	int rc;

	if (!p)
		return err_sys(e, -ENOMEM, "perf buffer");
	while (pages * 2 * page * (size_t)libbpf_num_possible_cpus() <= size)
		pages *= 2;
	attr.wakeup_watermark = (uint32_t)(pages * page / 4);
	p->reorder = reorder_new();
	p->buffers = perf_buffer__new_raw(fd, pages, &attr, on_record, p, NULL);
	if (!p->buffers || !p->reorder) {
		rc = p->buffers ? -ENOMEM : -errno;
		bpf_perf_close(p);
		return err_set(e, rc, "perf buffer: %s", bpf_strerror(rc, buf, sizeof(buf)));
	}
	*out = p;
	return 0;
}

void bpf_perf_close(struct bpf_perf *p)
{
	if (!p)
		return;
	perf_buffer__free(p->buffers);
	reorder_free(p->reorder);
	free(p);
}

int bpf_perf_fd(const struct bpf_perf *p)
{
	return perf_buffer__epoll_fd(p->buffers);
}

int bpf_perf_drain(struct bpf_perf *p, uint64_t now,
		   void (*fn)(void *arg, const void *data, size_t size), void *arg)
{
	int rc = perf_buffer__consume(p->buffers);

	return rc < 0 ? rc : (int)reorder_flush(p->reorder, now, fn, arg);
}

uint64_t bpf_perf_lost(const struct bpf_perf *p)
{
	return p->lost;
}
