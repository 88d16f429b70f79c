// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reader of the BPF ring buffer (Documentation/bpf/ringbuf.rst). libbpf's own is not used: it
 * updates the consumer's position after each record, and the traced programs, which read it before
 * each record, would wait for that cache line every time. It also does not return for as long as
 * records come.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/mman.h>

#include "backends/bpf/reader.h"
#include "bpf/wire.h"
#include "core/base/err.h"
#include "core/base/util.h"

/* Bytes read before the consumer's position is updated: some hundred records. */
#define RELEASE 32768

struct ring {
	struct bpf_reader reader;
	int map;
	struct bpf_shared *shared;
	size_t page, size;
	unsigned long *consumer; /* positions only grow; they wrap around as numbers */
	const unsigned long *producer;
	const char *data; /* mapped twice in a row, so that a record at the end is in one piece */
};

static void ring_close(struct bpf_reader *reader)
{
	struct ring *r = container_of(reader, struct ring, reader);

	if (r->consumer)
		munmap(r->consumer, r->page);
	if (r->producer)
		munmap((void *)r->producer, r->page + 2 * r->size);
	free(r);
}

static int ring_open(struct bpf_reader **out, const struct bpf_reader_cfg *cfg, struct err *e)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *p;
	int rc;

	if (!r)
		return err_sys(e, -ENOMEM, "ring buffer");
	r->reader.ops = &bpf_ring_ops;
	r->map = cfg->map;
	r->shared = cfg->shared;
	r->page = (size_t)sysconf(_SC_PAGESIZE);
	r->size = cfg->size;
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, r->map, 0);
	if (p != MAP_FAILED) {
		r->consumer = p;
		p = mmap(NULL, r->page + 2 * r->size, PROT_READ, MAP_SHARED, r->map,
			 (off_t)r->page);
	}
	if (p == MAP_FAILED) {
		rc = err_sys(e, -errno, "mapping the ring buffer");
		ring_close(&r->reader);
		return rc;
	}
	r->producer = p;
	r->data = (const char *)p + r->page;
	*out = &r->reader;
	return 0;
}

static int ring_fd(const struct bpf_reader *reader)
{
	return container_of(reader, const struct ring, reader)->map;
}

static int ring_drain(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg)
{
	struct ring *r = container_of(reader, struct ring, reader);
	unsigned long end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	unsigned long pos = *r->consumer, released = pos;
	size_t n = 0;

	while (pos != end && n < max) {
		const uint32_t *header = (const uint32_t *)(r->data + (pos & (r->size - 1)));
		uint32_t len = __atomic_load_n(header, __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(len & BPF_RINGBUF_DISCARD_BIT)) {
			fn(arg, (const char *)header + BPF_RINGBUF_HDR_SZ, len);
			n++;
		}
		len &= ~BPF_RINGBUF_DISCARD_BIT;
		pos += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
		if (pos - released >= RELEASE) {
			__atomic_store_n(r->consumer, pos, __ATOMIC_RELEASE);
			released = pos;
		}
	}
	__atomic_store_n(r->consumer, pos, __ATOMIC_RELEASE);
	/*
	 * Records that came meanwhile may fill the ring that far: then the next one wakes the
	 * reader.
	 */
	if (r->shared)
		__atomic_store_n(&r->shared->fill_armed, 1, __ATOMIC_SEQ_CST);
	return (int)n;
}

static bool ring_arm(struct bpf_reader *reader)
{
	struct ring *r = container_of(reader, struct ring, reader);

	if (r->shared)
		__atomic_store_n(&r->shared->armed, 1, __ATOMIC_SEQ_CST);
	return true;
}

const struct bpf_reader_ops bpf_ring_ops = {
	.open = ring_open,
	.fd = ring_fd,
	.drain = ring_drain,
	.arm = ring_arm,
	.close = ring_close,
};
