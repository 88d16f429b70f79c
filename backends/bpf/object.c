// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "backends/bpf/images.h"
#include "backends/bpf/programs.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "compat/host/features.h"
#include "compat/host/sysctl.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define PID_MAX_LIMIT 4194304 /* include/linux/threads.h, 64-bit */
#define CALLS_MAX     16384   /* threads in a system call whose outcome is wanted */

#define WANTED_MAX         8192          /* cgroups */
#define UNIQUE_MAX         8192          /* keys of --unique */
#define ADVICE_MAX         32768         /* keys of advice */
#define STARTING_MAX       4096          /* processes that start up a container or unit */
#define SEEDS_MAX          4096          /* thread groups to trace that exist at the start */
#define CGROUP_EVENTS_SIZE (256U * 1024) /* room for 500 new cgroups at once */

static struct bpf_object *open_elf(const struct bpf_object_desc *desc, const char *btf_path,
				   struct err *e)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "captrace",
		    .btf_custom_path = btf_path);
	struct bpf_object *obj;
	const void *elf;
	size_t size;

	elf = desc->elf(&size);
	obj = bpf_object__open_mem(elf, size, &opts);
	if (!obj)
		bpf_refusal_set(e, -errno, "opening the BPF object");
	return obj;
}

/*
 * pid_max of the initial PID namespace. In a child namespace it can't be read: since 7863dcc72d0f
 * (6.14) each namespace can have its own.
 */
static size_t read_pid_max(bool in_child_pidns)
{
	int64_t max;

	return !in_child_pidns && sysctl_read("kernel/pid_max", &max) ? (size_t)max : PID_MAX_LIMIT;
}

static int set_map_error(struct err *e, int error, const char *name)
{
	char what[64];

	snprintf(what, sizeof(what), "setting up the BPF map '%s'", name);
	return bpf_refusal_set(e, error, what);
}

static int set_map(struct bpf_object *obj, const char *name, size_t entries, struct err *e)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, name);
	int rc = map ? bpf_map__set_max_entries(map, entries) : -ENOENT;

	return rc ? set_map_error(e, rc, name) : 0;
}

/* A ring buffer has a power of two of pages; a perf event array has an entry for each CPU. */
static int set_ring(struct bpf_object *obj, const char *name, bool ringbuf, size_t ring_size,
		    struct err *e)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, name);
	size_t size = sysconf(_SC_PAGESIZE);
	int rc;

	if (!map)
		return err_set(e, -ENOENT, "the BPF object has no map '%s'", name);
	if (ringbuf) {
		while (size < ring_size)
			size *= 2;
		rc = bpf_map__set_max_entries(map, size);
	} else {
		rc = bpf_map__set_type(map, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
		if (!rc)
			rc = bpf_map__set_key_size(map, sizeof(int));
		if (!rc)
			rc = bpf_map__set_value_size(map, sizeof(int));
		if (!rc)
			rc = bpf_map__set_max_entries(map, 0); /* libbpf: as many as CPUs */
	}
	return rc ? set_map_error(e, rc, name) : 0;
}

static int set_maps(struct bpf_object *obj, const struct bpf_cfg *cfg, size_t ring_size,
		    struct err *e)
{
	size_t targets = read_pid_max(cfg->in_child_pidns) / TARGET_GROUP + 1;
	int rc = set_ring(obj, "events", cfg->ringbuf, ring_size, e);

	if (!rc)
		rc = set_ring(obj, "cgroup_events", cfg->ringbuf,
			      cfg->want_cgroup_events ? CGROUP_EVENTS_SIZE : 1, e);
	if (!rc && cfg->by_cgroup)
		rc = set_map(obj, "cgroups_wanted", WANTED_MAX, e);
	if (!rc && cfg->unique)
		rc = set_map(obj, "aggregates",
			     cfg->unique == WIRE_UNIQUE_TASKS ? ADVICE_MAX : UNIQUE_MAX, e);
	if (!rc && cfg->want_startup)
		rc = set_map(obj, "starting", STARTING_MAX, e);
	if (!rc && cfg->copies)
		rc = set_map(obj, "ran", targets, e);
	if (!rc && cfg->targeted)
		rc = set_map(obj, "targets", targets, e);
	if (!rc && cfg->targeted && cfg->seeded)
		rc = set_map(obj, "seeds", SEEDS_MAX, e);
	if (!rc && cfg->want_outcome)
		rc = set_map(obj, "calls", CALLS_MAX, e);
	if (!rc && cfg->want_stack && bpf_object__find_map_by_name(obj, "entry_stacks"))
		rc = set_map(obj, "entry_stacks", 512, e);
	return rc;
}

static int set_constants(struct bpf_object *obj, const struct bpf_cfg *cfg, struct err *e)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	size_t size = 0;
	void *data = map ? (void *)bpf_map__initial_value(map, &size) : NULL;

	if (!data || size < sizeof(*cfg))
		return err_set(e, -EINVAL, "the BPF object has no room for captrace's settings");
	memcpy(data, cfg, sizeof(*cfg));
	return 0;
}

static int load(const struct bpf_progs *l, struct err *e)
{
	int rc = bpf_object__load(l->obj);

	if (rc == -EPERM && feature_lacks(l->features, FEATURE_BPF_MEMCG))
		return err_set(e, rc,
			       "this kernel (before 5.11) counts BPF maps as locked memory, and "
			       "the limit is too low; raise it with ulimit -l unlimited, or run "
			       "captrace with CAP_SYS_RESOURCE");
	if (rc && !bpf_refusal_explain(l->desc, l->features, rc, e))
		bpf_refusal_set(e, rc, "loading the BPF programs");
	return rc ? e->code : 0;
}

int bpf_progs_open(struct bpf_progs *l, const struct bpf_object_desc *desc, struct bpf_cfg *cfg,
		   const char *btf_path, size_t ring_size, struct err *e)
{
	bool mapped = !feature_lacks(l->features, FEATURE_BPF_MMAP);
	int rc;

	*l = (struct bpf_progs){
		.features = l->features, .desc = desc, .obj = open_elf(desc, btf_path, e)};
	if (!l->obj)
		return e->code;
	l->memory.obj = l->obj;
	l->memory.mapped = mapped;
	bpf_programs_select(l->obj, desc->needs_kernel_btf, cfg);
	cfg->seeded = cfg->in_child_pidns || !mapped;
	rc = set_maps(l->obj, cfg, ring_size, e);
	if (!rc && !mapped)
		rc = bpf_memory_unmap(l->obj, e);
	if (!rc)
		rc = set_constants(l->obj, cfg, e);
	if (!rc)
		rc = load(l, e);
	if (!rc)
		rc = bpf_memory_reach(&l->memory, e);
	if (rc)
		bpf_progs_close(l);
	return rc;
}

void bpf_progs_close(struct bpf_progs *l)
{
	for (size_t i = 0; i < l->links_len; i++)
		bpf_link__destroy(l->links[i]);
	bpf_memory_leave(&l->memory);
	bpf_object__close(l->obj);
	*l = (struct bpf_progs){0};
}

int bpf_progs_set_mode(struct bpf_progs *l, enum bpf_mode mode, struct err *e)
{
	int rc;

	__atomic_store_n(&l->memory.control->mode, mode, __ATOMIC_SEQ_CST);
	rc = bpf_memory_tell(&l->memory);
	return rc ? bpf_refusal_set(e, rc, "setting the mode of the BPF programs") : 0;
}

int bpf_progs_map(const struct bpf_progs *l, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(l->obj, name);

	return map ? bpf_map__fd(map) : -ENOENT;
}

size_t bpf_progs_size(const struct bpf_progs *l, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(l->obj, name);

	return map ? bpf_map__max_entries(map) : 0;
}
