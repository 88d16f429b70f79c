/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of ftrace/feed/ring_instance.c: pages that tests serve, instead of a kernel's. */
#ifndef CAPTRACE_TESTS_UNIT_FAKE_RING_INSTANCE_H
#define CAPTRACE_TESTS_UNIT_FAKE_RING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the instance for @cpu reads next of that CPU. @page is borrowed. */
void fake_ring_serve(int cpu, const void *page, size_t size);

/* What the kernel says to have lost. */
void fake_ring_lose(uint64_t n);

/* Whether filters are shared from now on. Returns the event that was last asked for. */
const char *fake_ring_share_filters(bool yes);

/* How many instances were removed, and how many while a pipe of any was open, which is refused. */
struct fake_ring_removals {
	int done, refused;
};
struct fake_ring_removals fake_ring_removals(void);

#endif
