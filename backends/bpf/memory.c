// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/memory.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <sys/mman.h>

#include "backends/bpf/object.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define CONTROL ".data.control"
#define SHARED  ".bss"

/*
 * Of variables and constants libbpf takes the flag away itself, where the kernel doesn't know it: 1.1 by
 * toggling it, which gives it to those that don't have it, as strings.
 */
int bpf_memory_unmap(struct bpf_progs *l, struct err *e)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, l->obj) {
		__u32 flags = bpf_map__map_flags(map) & ~(__u32)BPF_F_MMAPABLE;
		int rc;

		if (bpf_map__is_internal(map))
			flags |= BPF_F_MMAPABLE;
		rc = bpf_map__set_map_flags(map, flags);
		if (rc)
			return bpf_refusal_set(e, rc, bpf_map__name(map));
	}
	return 0;
}

static int map_memory(struct bpf_progs *l, const char *name, size_t size, void *out, struct err *e)
{
	int fd = bpf_progs_map(l, name);
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return err_sys(e, fd < 0 ? fd : -errno, "mapping the BPF programs' %s", name);
	*(void **)out = p;
	return 0;
}

static int copy_memory(struct bpf_progs *l, struct err *e)
{
	l->control = calloc(1, sizeof(*l->control));
	l->shared = calloc(1, sizeof(*l->shared));
	return l->control && l->shared ? 0 : err_sys(e, -ENOMEM, "bpf");
}

int bpf_memory_reach(struct bpf_progs *l, struct err *e)
{
	int rc;

	if (!l->mapped)
		return copy_memory(l, e);
	rc = map_memory(l, CONTROL, sizeof(*l->control), &l->control, e);
	if (!rc)
		rc = map_memory(l, SHARED, sizeof(*l->shared), &l->shared, e);
	l->targets_len = bpf_progs_size(l, "targets") * sizeof(struct target_group);
	if (!rc)
		rc = map_memory(l, "targets", l->targets_len, &l->targets, e);
	return rc;
}

void bpf_memory_leave(struct bpf_progs *l)
{
	if (!l->mapped) {
		free(l->control);
		free(l->shared);
		return;
	}
	if (l->control)
		munmap(l->control, sizeof(*l->control));
	if (l->shared)
		munmap(l->shared, sizeof(*l->shared));
	if (l->targets)
		munmap(l->targets, l->targets_len);
}

int bpf_memory_tell(const struct bpf_progs *l)
{
	uint32_t zero = 0;

	return l->mapped
		       ? 0
		       : bpf_map_update_elem(bpf_progs_map(l, CONTROL), &zero, l->control, BPF_ANY);
}

/* Kernels that map none read them with preemption off, so that no program is kept out meanwhile. */
const volatile struct bpf_shared *bpf_memory_shared(const struct bpf_progs *l)
{
	uint32_t zero = 0;

	if (!l->mapped && bpf_map_lookup_elem(bpf_progs_map(l, SHARED), &zero, l->shared))
		return NULL;
	return l->shared;
}
