// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/feed.h"

#include "ftrace/feed/cpus.h"

size_t feed_ring_size(const struct feed_cfg *cfg, const struct cpus *online)
{
	return cfg->buffer_size ? cfg->buffer_size / (size_t)cpus_count(online) : FEED_RING_SIZE;
}
