// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_ring_instance.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "ftrace/feed/ring_instance.h"

struct ring_instance {
	int cpu;
	bool open;
};

static struct {
	int cpu;
	const void *data;
	size_t size;
} pages[1024];
static size_t pages_len, next[2];
static uint64_t lost;
static int open_pipes;
static bool shares;
static const char *shares_asked;
static struct fake_ring_removals removals;

void fake_ring_serve(int cpu, const void *page, size_t size)
{
	cr_assert_lt(pages_len, ARRAY_SIZE(pages));
	cr_assert_lt(cpu, (int)ARRAY_SIZE(next));
	pages[pages_len].cpu = cpu;
	pages[pages_len].data = page;
	pages[pages_len++].size = size;
}

const char *fake_ring_share_filters(bool yes)
{
	shares = yes;
	return shares_asked;
}

void fake_ring_lose(uint64_t n)
{
	lost = n;
}

int ring_instance_open(struct ring_instance **i, const struct ring_instance_cfg *cfg,
		       bool *clock_unknown, struct err *e)
{
	*i = calloc(1, sizeof(**i));
	cr_assert_not_null(*i);
	(*i)->cpu = cfg->cpu;
	(*i)->open = true;
	open_pipes++;
	return 0;
}

void ring_instance_close_pipes(struct ring_instance *i)
{
	open_pipes -= i->open;
	i->open = false;
}

/* Behaves like kernels that remove no instance while any pipe is open. */
void ring_instance_close(struct ring_instance *i)
{
	ring_instance_close_pipes(i);
	*(open_pipes ? &removals.refused : &removals.done) += 1;
	free(i);
}

struct fake_ring_removals fake_ring_removals(void)
{
	return removals;
}

int ring_instance_add_cpu(struct ring_instance *i, int cpu, size_t size, struct err *e)
{
	return 0;
}

int ring_instance_add_stacks(struct ring_instance *i, struct err *e)
{
	return 0;
}

int ring_instance_filter(struct ring_instance *i, const char *system, const char *event,
			 const char *filter, struct err *e)
{
	return 0;
}

bool ring_instance_shares_filters(struct ring_instance *i, const char *system, const char *event)
{
	shares_asked = event;
	return shares;
}

int ring_instance_enable(struct ring_instance *i, const char *system, const char *event, bool on)
{
	return 0;
}

int ring_instance_cpu(const struct ring_instance *i)
{
	return i->cpu;
}

int ring_instance_read(struct ring_instance *i, int cpu, void *page, size_t size)
{
	if (cpu != i->cpu || cpu >= (int)ARRAY_SIZE(next))
		return 0;
	while (next[cpu] < pages_len && pages[next[cpu]].cpu != cpu)
		next[cpu]++;
	if (next[cpu] == pages_len)
		return 0;
	cr_assert_leq(pages[next[cpu]].size, size);
	memcpy(page, pages[next[cpu]].data, pages[next[cpu]].size);
	return (int)pages[next[cpu]++].size;
}

uint64_t ring_instance_lost(const struct ring_instance *i)
{
	return i->cpu == 0 ? lost : 0;
}
