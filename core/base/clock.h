/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that reads clocks. Times are counts of ns, of one of two clocks: "mono" is
 * CLOCK_MONOTONIC, which the kernel's records have and intervals are measured by; "wall" is Unix
 * time, which events have and may be set at any moment.
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
 * What is to be added to a monotonic time (modulo 2^64) to get Unix time. It is read anew whenever
 * records are read: the wall clock may have been set.
 */
uint64_t clock_wall_offset(void);

/* @ms from now by the wall clock, which is what sem_timedwait() and its like wait by. */
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
