// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts what the BPF backend lost, and what its programs left out. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "backends/bpf/backend.h"
#include "backends/bpf/programs.h"
#include "backends/bpf/reader.h"
#include "core/base/util.h"

/* Counts the entries that are left: they are of checks whose return was missed. */
void bpf_stats_end(struct bpf_backend *b)
{
	int fd = bpf_progs_map(&b->progs, "entries");
	uint64_t key, *last = NULL;

	while (fd >= 0 && !bpf_map_get_next_key(fd, last, &key)) {
		b->lost_user++;
		last = &key;
	}
}

static uint64_t missed_by(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	/* An older kernel fills in less of it, and leaves recursion_misses at 0. */
	return prog && bpf_program__fd(prog) >= 0 &&
			       !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len)
		       ? info.recursion_misses
		       : 0;
}

/* If other programs are skipped, at most a name is lost, but no check. */
static bool role_counts(enum bpf_role role)
{
	return role == BPF_ROLE_MAIN || role == BPF_ROLE_CALLER || role == BPF_ROLE_FOLLOW ||
	       role == BPF_ROLE_OUTCOME || role == BPF_ROLE_EXEC;
}

/* How often the kernel skipped that copy of the program which it skipped least. */
static uint64_t missed_by_all(const struct bpf_object *obj, const char *name)
{
	uint64_t least = UINT64_MAX;

	for (int copy = 0; copy < WIRE_COPIES && least; copy++) {
		uint64_t missed = missed_by(bpf_programs_copy(obj, name, copy));

		least = MIN(least, missed);
	}
	return least;
}

/*
 * An upper bound of the checks that no program saw: the kernel skipped all copies of a program
 * because preempted tasks were in them on that CPU (9ed9e9ba2337, 5.12), or skipped the program of
 * a kprobe because other BPF work was under way there (where the kernel counts that). Programs with
 * copies are counted only when the mode is BPF_MODE_OFF: until then a thread may be between the
 * copy that was skipped and the one that makes up for it.
 */
static uint64_t count_missed(const struct bpf_progs *l, const struct bpf_cfg *cfg)
{
	bool live = l->memory.control->mode != BPF_MODE_OFF;
	uint64_t alone = 0, first = 0, all = 0, follows = 0, made_good;

	for (size_t i = 0; i < BPF_PROGRAMS; i++) {
		const char *name = bpf_programs[i].name;
		enum bpf_role role = bpf_programs[i].role;

		if (!role_counts(role))
			continue;
		if (!cfg->copies || !bpf_programs_copy(l->obj, name, 1)) {
			/* Kprobes' programs are skipped while their CPU holds bpf_prog_active. */
			alone += missed_by(bpf_programs_copy(l->obj, name, 0));
		} else if (live) {
			continue;
		} else if (role == BPF_ROLE_FOLLOW) {
			follows += missed_by_all(l->obj, name); /* not counted in made_good */
		} else {
			first += missed_by(bpf_programs_copy(l->obj, name, 0));
			all += missed_by_all(l->obj, name);
		}
	}
	/* Read after `first` was counted. If there are copies, this memory is mapped. */
	made_good = __atomic_load_n(&l->memory.shared->made_good, __ATOMIC_RELAXED);
	first -= MIN(first, made_good);
	return alone + follows + MIN(first, all);
}

static uint64_t count_unaudited(const struct bpf_backend *b)
{
	int cpus = libbpf_num_possible_cpus(), fd = bpf_progs_map(&b->progs, "unaudited");
	cleanup_free uint64_t *values = calloc(cpus > 0 ? (size_t)cpus : 1, sizeof(*values));
	uint64_t sum = 0;
	uint32_t zero = 0;

	if (!values || bpf_map_lookup_elem(fd, &zero, values))
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

void bpf_stats_fill(const struct bpf_backend *b, struct backend_stats *stats)
{
	const volatile struct bpf_shared *now = bpf_memory_shared(&b->progs.memory);
	const volatile struct bpf_shared *s = now ? now : b->progs.memory.shared;

	*stats = (struct backend_stats){
		.losses =
			{
				{"ring buffer", s->lost_ring + bpf_reader_lost(b->reader)},
				{"return probe", s->lost_pair + b->lost_user},
				{"table of checks in flight", s->lost_entries},
				{"table of processes", s->lost_targets + b->lost_targets},
				{"program preempted", count_missed(&b->progs, &b->cfg)},
			},
		.losses_len = 5,
		.incomplete = now ? NULL : "the BPF programs' counts of losses can't be read",
		/*
		 * Not while tracing is live: reading a map holds bpf_prog_active, and if the reader
		 * is preempted in that, kprobes' programs are skipped on its CPU meanwhile.
		 */
		.unaudited = b->progs.memory.control->mode == BPF_MODE_OFF ? count_unaudited(b) : 0,
	};
}
