// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/ring.h"

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/mman.h>

#include "core/base/err.h"
#include "core/base/util.h"

/* Bytes read between two words to the kernel: some hundred records. */
#define RELEASE 32768

struct bpf_ring {
	size_t page, size;
	unsigned long *consumer; /* positions only grow; they wrap around as numbers */
	const unsigned long *producer;
	const char *data; /* twice in a row, so that a record at the end is in one piece */
};

int bpf_ring_open(struct bpf_ring **out, int fd, size_t size, struct err *e)
{
	struct bpf_ring *r = calloc(1, sizeof(*r));
	void *p;
	int rc;

	if (!r)
		return err_sys(e, -ENOMEM, "ring buffer");
	r->page = (size_t)sysconf(_SC_PAGESIZE);
	r->size = size;
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED) {
		r->consumer = p;
		p = mmap(NULL, r->page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)r->page);
	}
	if (p == MAP_FAILED) {
		rc = err_sys(e, -errno, "mapping the ring buffer");
		bpf_ring_close(r);
		return rc;
	}
	r->producer = p;
	r->data = (const char *)p + r->page;
	*out = r;
	return 0;
}

void bpf_ring_close(struct bpf_ring *r)
{
	if (!r)
		return;
	if (r->consumer)
		munmap(r->consumer, r->page);
	if (r->producer)
		munmap((void *)r->producer, r->page + 2 * r->size);
	free(r);
}

size_t bpf_ring_drain(struct bpf_ring *r, size_t max,
		      void (*fn)(void *arg, const void *data, size_t size), void *arg)
{
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
	return n;
}
