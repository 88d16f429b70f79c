/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All clocks are read here. Times are in ns. "mono" is CLOCK_MONOTONIC: the kernel's records carry
 * it, and intervals are measured with it. "wall" is Unix time: events carry it, and it may be set
 * at any moment.
 */
#ifndef CAPTRACE_CORE_BASE_CLOCK_H
#define CAPTRACE_CORE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SEC UINT64_C(1000000000)
#define NS_PER_MS  UINT64_C(1000000)
#define MS_PER_SEC UINT64_C(1000)

uint64_t clock_mono_ns(void);
uint64_t clock_mono_ms(void);
uint64_t clock_wall_ns(void);

/*
 * The offset to add (modulo 2^64) to a monotonic time to get Unix time. Ask for it again whenever
 * records are read: the wall clock may have been set.
 */
uint64_t clock_wall_offset(void);

/* @ms from now by the wall clock, which sem_timedwait() and similar functions use. */
struct timespec clock_deadline(unsigned int ms);

static inline uint64_t ns_of_timespec(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * NS_PER_SEC + (uint64_t)ts->tv_nsec;
}

static inline struct timespec timespec_of_ns(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / NS_PER_SEC),
		.tv_nsec = (long)(ns % NS_PER_SEC),
	};
}

#endif
