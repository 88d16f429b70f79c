// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/reader.h"

int bpf_reader_open(struct bpf_reader **reader, const struct bpf_reader_cfg *cfg, struct err *e)
{
	return (cfg->ringbuf ? &bpf_ring_ops : &bpf_perf_ops)->open(reader, cfg, e);
}

void bpf_reader_close(struct bpf_reader *reader)
{
	if (reader)
		reader->ops->close(reader);
}

int bpf_reader_fd(const struct bpf_reader *reader)
{
	return reader->ops->fd(reader);
}

int bpf_reader_drain(struct bpf_reader *reader, size_t max, bpf_record_fn *fn, void *arg)
{
	return reader->ops->drain(reader, max, fn, arg);
}

bool bpf_reader_arm(struct bpf_reader *reader)
{
	return reader->ops->arm && reader->ops->arm(reader);
}

uint64_t bpf_reader_lost(const struct bpf_reader *reader)
{
	return reader->ops->lost ? reader->ops->lost(reader) : 0;
}
