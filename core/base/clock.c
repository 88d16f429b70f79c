// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/clock.h"

static uint64_t read_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ns_of_timespec(&ts);
}

uint64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_mono_ms(void)
{
	return clock_mono_ns() / NS_PER_MS;
}

uint64_t clock_wall_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

uint64_t clock_wall_offset(void)
{
	return clock_wall_ns() - clock_mono_ns();
}

struct timespec clock_deadline(unsigned int ms)
{
	return timespec_of_ns(clock_wall_ns() + ms * NS_PER_MS);
}
