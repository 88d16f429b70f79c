// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/memory.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>

#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define CONTROL ".data.control"
#define SHARED  ".bss"

/*
 * If the kernel doesn't know BPF_F_MMAPABLE, libbpf itself removes it from the maps of variables
 * and constants. libbpf 1.1 does so by toggling it, which would set it in those that lack it, such
 * as the map of strings: so they all get it here.
 */
int bpf_memory_unmap(struct bpf_object *obj, struct err *e)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		__u32 flags = bpf_map__map_flags(map) & ~(__u32)BPF_F_MMAPABLE;
		int rc;

		if (bpf_map__is_internal(map))
			flags |= BPF_F_MMAPABLE;
		rc = bpf_map__set_map_flags(map, flags);
		if (rc)
			return bpf_refusal_set(e, rc, "setting up the BPF maps");
	}
	return 0;
}

static int map_memory(struct bpf_memory *m, const char *name, size_t size, void *out, struct err *e)
{
	int fd = bpf_object__find_map_fd_by_name(m->obj, name);
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return err_sys(e, fd < 0 ? fd : -errno, "mapping the BPF map '%s'", name);
	*(void **)out = p;
	return 0;
}

static int copy_memory(struct bpf_memory *m, struct err *e)
{
	m->control = calloc(1, sizeof(*m->control));
	m->shared = calloc(1, sizeof(*m->shared));
	return m->control && m->shared ? 0 : err_sys(e, -ENOMEM, "bpf");
}

static size_t targets_size(const struct bpf_object *obj)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(obj, "targets");

	return map ? bpf_map__max_entries(map) * sizeof(struct target_group) : 0;
}

int bpf_memory_reach(struct bpf_memory *m, struct err *e)
{
	int rc;

	if (!m->mapped)
		return copy_memory(m, e);
	rc = map_memory(m, CONTROL, sizeof(*m->control), &m->control, e);
	if (!rc)
		rc = map_memory(m, SHARED, sizeof(*m->shared), &m->shared, e);
	m->targets_len = targets_size(m->obj);
	if (!rc)
		rc = map_memory(m, "targets", m->targets_len, &m->targets, e);
	return rc;
}

void bpf_memory_leave(struct bpf_memory *m)
{
	if (!m->mapped) {
		free(m->control);
		free(m->shared);
		return;
	}
	if (m->control)
		munmap(m->control, sizeof(*m->control));
	if (m->shared)
		munmap(m->shared, sizeof(*m->shared));
	if (m->targets)
		munmap(m->targets, m->targets_len);
}

int bpf_memory_tell(const struct bpf_memory *m)
{
	uint32_t zero = 0;

	return m->mapped ? 0
			 : bpf_map_update_elem(bpf_object__find_map_fd_by_name(m->obj, CONTROL),
					       &zero, m->control, BPF_ANY);
}

/*
 * Kernels without mapped maps read a map with preemption off, so that no program is skipped
 * meanwhile.
 */
const volatile struct bpf_shared *bpf_memory_shared(const struct bpf_memory *m)
{
	uint32_t zero = 0;

	if (!m->mapped &&
	    bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(m->obj, SHARED), &zero, m->shared))
		return NULL;
	return m->shared;
}
