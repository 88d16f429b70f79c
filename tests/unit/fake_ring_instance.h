/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces ftrace/feed/ring_instance.c: the pages come from tests instead of from the kernel. */
#ifndef CAPTRACE_TESTS_UNIT_FAKE_RING_INSTANCE_H
#define CAPTRACE_TESTS_UNIT_FAKE_RING_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets what the instance for @cpu reads next from that CPU's ring. @page is borrowed. */
void fake_ring_serve(int cpu, const void *page, size_t size);

/* Sets the number of records that the kernel reports as lost. */
void fake_ring_lose(uint64_t n);

/* Sets whether instances share filters. Returns the event with which that was last tried. */
const char *fake_ring_share_filters(bool yes);

/* How many instances were removed, and how many removals failed because a pipe of any was open. */
struct fake_ring_removals {
	int done, refused;
};
struct fake_ring_removals fake_ring_removals(void);

#endif
