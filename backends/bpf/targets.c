// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/targets.h"

#include <bpf/bpf.h>

#include "backends/bpf/object.h"
#include "bpf/wire.h"
#include "core/backend.h"
#include "core/base/process.h"
#include "core/base/util.h"

/* Bounds the search for processes that go on forking while they are searched for. */
#define SEED_ROUNDS 16

struct seeding {
	struct bpf_progs *progs;
	bool seeded;
	size_t added;
	uint64_t lost;
};

static int seed(struct bpf_progs *l, bool seeded, uint32_t tgid)
{
	uint8_t none = TARGET_NONE, live = TARGET_LIVE;

	if (seeded)
		return bpf_map_update_elem(bpf_progs_map(l, "seeds"), &tgid, &live, BPF_NOEXIST);
	if (tgid >= l->memory.targets_len)
		return -ERANGE;
	return __atomic_compare_exchange_n(&l->memory.targets[tgid], &none, live, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
		       ? 0
		       : -EEXIST;
}

static void add_pid(void *arg, pid_t pid)
{
	struct seeding *s = arg;
	int rc = seed(s->progs, s->seeded, (uint32_t)pid);

	if (!rc)
		s->added++;
	else if (rc != -EEXIST)
		s->lost++;
}

uint64_t bpf_targets_seed(struct bpf_progs *progs, bool seeded, const struct target *target)
{
	struct seeding s = {.progs = progs, .seeded = seeded};

	for (size_t i = 0; i < target->pids_len; i++)
		add_pid(&s, target->pids[i]);
	if (!target->follow || target->command)
		return s.lost;
	for (int round = 0; s.added && round < SEED_ROUNDS; round++) {
		s.added = 0;
		for (size_t i = 0; i < target->pids_len; i++)
			process_descendants(target->pids[i], add_pid, &s);
	}
	return s.lost;
}
