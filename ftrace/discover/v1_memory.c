// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/v1_memory.h"

#include "ftrace/discover/layout_find.h"

bool v1_is_pointer(const struct v1_facts *k, uint64_t v)
{
	const struct dump d = {.word = k->word};

	return v && v % k->word == 0 && dump_is_pointer(&d, v);
}

int v1_read_run(const struct v1_facts *k, const struct v1_memory *m, uint64_t addr, uint64_t *words,
		size_t len)
{
	uint64_t addrs[V1_RUN_MAX];

	for (size_t i = 0; i < len; i++)
		addrs[i] = addr + i * k->word;
	return m->read(m->arg, addrs, words, len);
}
