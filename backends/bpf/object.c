// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf/object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <string.h>

#include "backends/bpf/memory.h"
#include "backends/bpf/refusal.h"
#include "bpf/wire.h"
#include "compat/calibrate/calibrate.h"
#include "compat/host/bpf_features.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

#define PID_MAX_LIMIT 4194304 /* include/linux/threads.h, 64-bit */
#define CALLS_MAX     16384   /* threads that are in a system call which was denied something */

#define WANTED_MAX         8192          /* cgroups */
#define COMBOS_MAX         8192          /* of --unique */
#define TALLIES_MAX        32768         /* of advice */
#define STARTING_MAX       4096          /* processes that start a container or unit up */
#define SEEDS_MAX          4096          /* thread groups that are there when tracing starts */
#define CGROUP_EVENTS_SIZE (256U * 1024) /* 500 new cgroups at once */

enum role {
	ROLE_MAIN,
	ROLE_RETURN, /* has nothing to do without its entry, and an entry left over tells of it */
	ROLE_FOLLOW,
	ROLE_FORGET,
	ROLE_CALLER,
	ROLE_OUTCOME,
	ROLE_EXEC,
	ROLE_NEWS,
	ROLE_MNTNS,
	ROLE_STARTUP,
};

static const struct {
	const char *program;
	enum role role;
	unsigned int caller;
	const char *symbol; /* that it is at: some configurations don't have it */
} programs[] = {
	{"cap_capable_exit", ROLE_MAIN, 0, NULL},
	/*
	 * The return probe first: of two probes at one place the later one runs first, and the entry
	 * probe must see the stack before the return address is replaced.
	 */
	{"cap_capable_return", ROLE_RETURN, 0, NULL},
	{"cap_capable_entry", ROLE_MAIN, 0, NULL},
	{"cap_capable_event", ROLE_MAIN, 0, NULL},
	{"follow_fork", ROLE_FOLLOW, 0, NULL},
	{"follow_exit", ROLE_FORGET, 0, NULL},
	{"follow_free", ROLE_FORGET, 0, NULL},
	{"cap_capset_entry", ROLE_CALLER, CALLER_CAPSET, "cap_capset"},
	{"cap_task_prctl_entry", ROLE_CALLER, CALLER_PRCTL, "cap_task_prctl"},
	{"cap_mmap_addr_entry", ROLE_CALLER, CALLER_MMAP_ADDR, "cap_mmap_addr"},
	{"cap_vm_enough_memory_entry", ROLE_CALLER, CALLER_OVERCOMMIT, "cap_vm_enough_memory"},
	{"sys_exit", ROLE_OUTCOME, 0, NULL},
	{"process_exec", ROLE_EXEC, 0, NULL},
	{"cgroup_mkdir", ROLE_NEWS, 0, NULL},
	{"mntns_exec", ROLE_MNTNS, 0, NULL},
	{"start_move", ROLE_STARTUP, 0, "cgroup_attach_task"},
	{"start_attach", ROLE_STARTUP, 0, NULL},
	{"start_fork", ROLE_STARTUP, 0, NULL},
	{"start_exec", ROLE_STARTUP, 0, NULL},
	{"start_free", ROLE_STARTUP, 0, NULL},
};

static bool role_wanted(enum role role, const struct bpf_cfg *cfg)
{
	switch (role) {
	case ROLE_FOLLOW:
		return cfg->follow;
	case ROLE_FORGET:
		/* A number that is used again is set anew by the fork, at the latest. */
		return cfg->follow && !cfg->learned;
	case ROLE_OUTCOME:
		return cfg->want_outcome;
	case ROLE_EXEC:
		return cfg->want_exec;
	case ROLE_NEWS:
		return cfg->want_cgroup_events;
	case ROLE_MNTNS:
		return cfg->want_cgroup_events && cfg->host_mntns;
	case ROLE_STARTUP:
		return cfg->want_startup;
	default:
		return true;
	}
}

static struct bpf_object *open_image(const struct bpf_object_desc *image, const char *btf_path,
				     struct err *e)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "captrace",
		    .btf_custom_path = btf_path);
	struct bpf_object *obj;
	const void *elf;
	size_t size;

	elf = image->elf(&size);
	obj = bpf_object__open_mem(elf, size, &opts);
	if (!obj)
		bpf_refusal_set(e, -errno, "opening the BPF object");
	return obj;
}

/* Of the initial PID namespace: since 7863dcc72d0f (6.14) each can have its own. */
static size_t read_pid_max(bool in_child_pidns)
{
	cleanup_fclose FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	unsigned long v;

	return !in_child_pidns && f && fscanf(f, "%lu", &v) == 1 ? v : PID_MAX_LIMIT;
}

static int set_map(struct bpf_object *obj, const char *name, size_t entries, struct err *e)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, name);
	int rc = map ? bpf_map__set_max_entries(map, entries) : -ENOENT;

	return rc ? bpf_refusal_set(e, rc, name) : 0;
}

/* The ring buffer's size is a power of two of pages; the perf event array's entries are the CPUs. */
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
	return rc ? bpf_refusal_set(e, rc, name) : 0;
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
			     cfg->unique == WIRE_UNIQUE_TASKS ? TALLIES_MAX : COMBOS_MAX, e);
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
		return err_set(e, -EINVAL, "the BPF object has no constants of ours");
	memcpy(data, cfg, sizeof(*cfg));
	return 0;
}

/* fentry needs its function in the kernel's BTF at load. */
static bool has_function(const struct btf *btf, const char *symbol)
{
	return btf && btf__find_by_name_kind(btf, symbol, BTF_KIND_FUNC) > 0;
}

/* Without CONFIG_HAVE_SYSCALL_TRACEPOINTS the others are none the worse. */
static bool has_sys_exit(const struct btf *btf)
{
	return !btf || btf__find_by_name_kind(btf, "btf_trace_sys_exit", BTF_KIND_TYPEDEF) > 0;
}

/* "name", "name_2", ...; NULL for one that the program doesn't have, as kprobes. */
static struct bpf_program *find_copy(const struct bpf_object *obj, const char *name, int copy)
{
	char full[64];

	snprintf(full, sizeof(full), copy ? "%s_%d" : "%s", name, copy + 1);
	return bpf_object__find_program_by_name(obj, full);
}

static void set_programs(struct bpf_object *obj, const struct bpf_object_desc *image,
			 struct bpf_cfg *cfg)
{
	struct btf *btf = NULL;

	if (cfg->want_outcome && image->needs_kernel_btf) {
		btf = btf__load_vmlinux_btf();
		cfg->want_outcome = has_sys_exit(btf);
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		bool wanted = role_wanted(programs[i].role, cfg);

		/* Read only where it is needed: it takes longer than all the rest. */
		if (wanted && programs[i].symbol && image->needs_kernel_btf &&
		    find_copy(obj, programs[i].program, 0)) {
			if (!btf)
				btf = btf__load_vmlinux_btf();
			wanted = has_function(btf, programs[i].symbol);
		}
		for (int copy = 0; copy < WIRE_COPIES; copy++) {
			struct bpf_program *prog = find_copy(obj, programs[i].program, copy);

			if (prog && (!wanted || (copy && !cfg->copies)))
				bpf_program__set_autoload(prog, false);
		}
	}
	btf__free(btf);
}

static int load(struct bpf_object *obj, const struct bpf_object_desc *image, struct err *e)
{
	int rc = bpf_object__load(obj);

	if (rc == -EPERM && bpf_refusal_of_memory())
		return err_set(e, rc,
			       "BPF counts as locked memory on this kernel (before 5.11), and the "
			       "limit is too low: ulimit -l unlimited, or CAP_SYS_RESOURCE");
	if (rc && !bpf_refusal_explain(image, rc, e))
		bpf_refusal_set(e, rc, "loading the BPF programs");
	return rc ? e->code : 0;
}

int bpf_progs_open(struct bpf_progs *l, const struct bpf_object_desc *image, struct bpf_cfg *cfg,
		   const char *btf_path, size_t ring_size, struct err *e)
{
	int rc;

	*l = (struct bpf_progs){.image = image, .mapped = bpf_has_mapped_maps()};
	l->obj = open_image(image, btf_path, e);
	if (!l->obj)
		return e->code;
	set_programs(l->obj, image, cfg);
	cfg->seeded = cfg->in_child_pidns || !l->mapped;
	rc = set_maps(l->obj, cfg, ring_size, e);
	if (!rc && !l->mapped)
		rc = bpf_memory_unmap(l, e);
	if (!rc)
		rc = set_constants(l->obj, cfg, e);
	if (!rc)
		rc = load(l->obj, image, e);
	if (!rc)
		rc = bpf_memory_reach(l, e);
	if (rc)
		bpf_progs_close(l);
	return rc;
}

void bpf_progs_close(struct bpf_progs *l)
{
	for (size_t i = 0; i < l->links_len; i++)
		bpf_link__destroy(l->links[i]);
	bpf_memory_leave(l);
	bpf_object__close(l->obj);
	*l = (struct bpf_progs){0};
}

static int attach_one(struct bpf_progs *l, struct bpf_program *prog, const char *name,
		      struct err *e)
{
	struct bpf_link *link;
	char what[64];

	if (!prog || !bpf_program__autoload(prog))
		return 0;
	link = bpf_program__attach(prog);
	if (!link) {
		int rc = -errno;

		snprintf(what, sizeof(what), "attaching %s", name);
		return bpf_refusal_explain(l->image, rc, e) ? e->code
							    : bpf_refusal_set(e, rc, what);
	}
	l->names[l->links_len] = name;
	l->links[l->links_len++] = link;
	return 0;
}

static bool is_trampoline(const struct bpf_program *prog)
{
	return bpf_program__type(prog) == BPF_PROG_TYPE_TRACING &&
	       bpf_program__expected_attach_type(prog) != BPF_TRACE_RAW_TP;
}

/*
 * The copies in the order in which they are to run: a tracepoint calls what is attached to it in
 * that order, a trampoline the last first.
 */
static int attach(struct bpf_progs *l, const char *name, struct err *e)
{
	struct bpf_program *first = find_copy(l->obj, name, 0);
	int rc = 0;

	for (int i = 0; i < WIRE_COPIES && first && !rc; i++)
		rc = attach_one(
			l, find_copy(l->obj, name, is_trampoline(first) ? WIRE_COPIES - 1 - i : i),
			name, e);
	return rc;
}

bool bpf_progs_attached(const struct bpf_progs *l, const char *program)
{
	for (size_t i = 0; i < l->links_len; i++)
		if (!strcmp(l->names[i], program))
			return true;
	return false;
}

/* What is for cgroups can be done without, and what nobody could know before. */
static bool is_optional(enum role role, const struct bpf_cfg *cfg)
{
	return role == ROLE_NEWS || role == ROLE_MNTNS || role == ROLE_STARTUP ||
	       (role == ROLE_OUTCOME && cfg->learned);
}

static int attach_optional(struct bpf_progs *l, const char *name)
{
	struct err why = {0};

	if (attach(l, name, &why))
		log_verbose("%s", why.msg);
	return 0;
}

int bpf_progs_attach(struct bpf_progs *l, const struct bpf_cfg *cfg, struct err *e)
{
	int rc = 0;

	_Static_assert(WIRE_COPIES * ARRAY_SIZE(programs) <= BPF_LINKS_MAX, "a link a copy");
	for (size_t i = 0; i < ARRAY_SIZE(programs) && !rc; i++)
		if (programs[i].role != ROLE_CALLER && role_wanted(programs[i].role, cfg))
			rc = is_optional(programs[i].role, cfg)
				     ? attach_optional(l, programs[i].program)
				     : attach(l, programs[i].program, e);
	return rc;
}

int bpf_progs_attach_callers(struct bpf_progs *l, unsigned int callers, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs) && !rc; i++)
		if (programs[i].role == ROLE_CALLER && programs[i].caller & callers)
			rc = attach(l, programs[i].program, e);
	return rc;
}

int bpf_progs_set_mode(struct bpf_progs *l, enum bpf_mode mode, struct err *e)
{
	int rc;

	__atomic_store_n(&l->control->mode, mode, __ATOMIC_SEQ_CST);
	rc = bpf_memory_tell(l);
	return rc ? bpf_refusal_set(e, rc, "telling the BPF programs their mode") : 0;
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

static uint64_t missed_by(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	/* A kernel that knows less of it fills less. */
	return prog && bpf_program__fd(prog) >= 0 &&
			       !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len)
		       ? info.recursion_misses
		       : 0;
}

/* What is skipped of the others costs a name at most, no check. */
static bool role_counts(enum role role)
{
	return role == ROLE_MAIN || role == ROLE_CALLER || role == ROLE_FOLLOW ||
	       role == ROLE_OUTCOME || role == ROLE_EXEC;
}

/* How often a program was skipped in the copy that was skipped least. */
static uint64_t missed_by_all(const struct bpf_object *obj, const char *name)
{
	uint64_t least = UINT64_MAX;

	for (int copy = 0; copy < WIRE_COPIES && least; copy++) {
		uint64_t missed = missed_by(find_copy(obj, name, copy));

		least = MIN(least, missed);
	}
	return least;
}

uint64_t bpf_progs_missed(const struct bpf_progs *l, const struct bpf_cfg *cfg)
{
	bool live = l->control->mode != BPF_MODE_OFF;
	uint64_t alone = 0, first = 0, all = 0, follows = 0, made_good;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *name = programs[i].program;

		if (!role_counts(programs[i].role))
			continue;
		if (!cfg->copies || !find_copy(l->obj, name, 1)) {
			/* Kprobes: what holds bpf_prog_active on their CPU keeps them out. */
			alone += missed_by(find_copy(l->obj, name, 0));
		} else if (live) {
			continue;
		} else if (programs[i].role == ROLE_FOLLOW) {
			follows += missed_by_all(l->obj, name); /* makes nothing good */
		} else {
			first += missed_by(find_copy(l->obj, name, 0));
			all += missed_by_all(l->obj, name);
		}
	}
	/* After `first`. Where there are copies it is mapped. */
	made_good = __atomic_load_n(&l->shared->made_good, __ATOMIC_RELAXED);
	first -= MIN(first, made_good);
	return alone + follows + MIN(first, all);
}
