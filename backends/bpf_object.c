// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/types.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "bpf/wire.h"
#include "compat/bpf_features.h"
#include "compat/calibrate.h"
#include "compat/privilege.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"

#define PID_MAX_LIMIT 4194304 /* include/linux/threads.h, 64-bit */
#define CALLS_MAX     16384   /* threads that are in a system call which was denied something */

#define CONTROL ".data.control"
#define SHARED  ".bss"

#define KERNEL_ENOTSUPP 524 /* include/linux/errno.h */

#ifdef HAVE_FTRACE
#define INSTEAD "; --backend=ftrace does without"
#else
#define INSTEAD ""
#endif

#define MEMORY_MAX (256UL << 20) /* bytes; a limit above it is none that captrace reaches */

#define JUDGED_MAX   8192          /* cgroups */
#define COMBOS_MAX   8192          /* of --unique */
#define TALLIES_MAX  32768         /* of advice */
#define STARTING_MAX 4096          /* processes that start a container or unit up */
#define SEEDS_MAX    4096          /* thread groups that are there when tracing starts */
#define NEWS_SIZE    (256U * 1024) /* 500 new cgroups at once */

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
		return cfg->want_news;
	case ROLE_MNTNS:
		return cfg->want_news && cfg->host_mntns;
	case ROLE_STARTUP:
		return cfg->want_startup;
	default:
		return true;
	}
}

const char *bpf_strerror(int error, char *buf, size_t size)
{
	if (error == -KERNEL_ENOTSUPP)
		return "not supported by this kernel";
	if (libbpf_strerror(error, buf, size))
		snprintf(buf, size, "error %d", -error);
	return buf;
}

static int err_bpf(struct err *e, int error, const char *what)
{
	char buf[128];

	if (privilege_explain_bpf(error, e))
		return -EPERM;
	return err_set(e, error, "%s: %s", what, bpf_strerror(error, buf, sizeof(buf)));
}

static struct bpf_object *open_image(const struct bpf_image *image, const char *btf_path,
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
		err_bpf(e, -errno, "opening the BPF object");
	return obj;
}

/* Of the initial PID namespace: since 7863dcc72d0f (6.14) each can have its own. */
static size_t read_pid_max(bool nested)
{
	cleanup_fclose FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	unsigned long v;

	return !nested && f && fscanf(f, "%lu", &v) == 1 ? v : PID_MAX_LIMIT;
}

static int set_map(struct bpf_object *obj, const char *name, size_t entries, struct err *e)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, name);
	int rc = map ? bpf_map__set_max_entries(map, entries) : -ENOENT;

	return rc ? err_bpf(e, rc, name) : 0;
}

/*
 * Where maps can't be mapped, libbpf takes the flag away from those of variables and constants: up to
 * 1.1 by toggling it, which would give it to those that never had it, as strings.
 */
static int unmap_maps(struct bpf_object *obj, struct err *e)
{
	struct bpf_map *map;
	int rc = 0;

	bpf_object__for_each_map(map, obj) {
		__u32 flags = bpf_map__map_flags(map) & ~(__u32)BPF_F_MMAPABLE;

		if (bpf_map__is_internal(map))
			flags |= BPF_F_MMAPABLE;
		rc = bpf_map__set_map_flags(map, flags);
		if (rc)
			return err_bpf(e, rc, bpf_map__name(map));
	}
	return 0;
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
	return rc ? err_bpf(e, rc, name) : 0;
}

static int set_maps(struct bpf_object *obj, const struct bpf_cfg *cfg, bool mapped,
		    size_t ring_size, struct err *e)
{
	size_t targets = read_pid_max(cfg->nested) / TARGET_GROUP + 1;
	int rc = set_ring(obj, "events", cfg->ringbuf, ring_size, e);

	if (!rc)
		rc = set_ring(obj, "news", cfg->ringbuf, cfg->want_news ? NEWS_SIZE : 1, e);
	if (!rc && cfg->by_cgroup)
		rc = set_map(obj, "judged", JUDGED_MAX, e);
	if (!rc && cfg->unique)
		rc = set_map(obj, "combos",
			     cfg->unique == WIRE_UNIQUE_TASKS ? TALLIES_MAX : COMBOS_MAX, e);
	if (!rc && cfg->want_startup)
		rc = set_map(obj, "starting", STARTING_MAX, e);
	if (!rc && cfg->copies)
		rc = set_map(obj, "ran", targets, e);
	if (!rc && cfg->targeted)
		rc = set_map(obj, "targets", targets, e);
	if (!rc && !mapped)
		rc = unmap_maps(obj, e);
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

static void set_programs(struct bpf_object *obj, const struct bpf_image *image, struct bpf_cfg *cfg)
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

static int map_memory(struct bpf_loaded *l, const char *name, size_t size, void *out, struct err *e)
{
	int fd = bpf_loaded_map(l, name);
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return err_sys(e, fd < 0 ? fd : -errno, "mapping the BPF programs' %s", name);
	*(void **)out = p;
	return 0;
}

static int copy_memory(struct bpf_loaded *l, struct err *e)
{
	l->control = calloc(1, sizeof(*l->control));
	l->shared = calloc(1, sizeof(*l->shared));
	return l->control && l->shared ? 0 : err_sys(e, -ENOMEM, "bpf");
}

static int reach_memory(struct bpf_loaded *l, struct err *e)
{
	int rc;

	if (!l->mapped)
		return copy_memory(l, e);
	rc = map_memory(l, CONTROL, sizeof(*l->control), &l->control, e);
	if (!rc)
		rc = map_memory(l, SHARED, sizeof(*l->shared), &l->shared, e);
	l->targets_len = bpf_loaded_size(l, "targets") * sizeof(struct target_group);
	if (!rc)
		rc = map_memory(l, "targets", l->targets_len, &l->targets, e);
	return rc;
}

static void leave_memory(struct bpf_loaded *l)
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

void bpf_loaded_tell(const struct bpf_loaded *l)
{
	uint32_t zero = 0;

	if (!l->mapped)
		bpf_map_update_elem(bpf_loaded_map(l, CONTROL), &zero, l->control, BPF_ANY);
}

volatile const struct bpf_shared *bpf_loaded_shared(const struct bpf_loaded *l)
{
	uint32_t zero = 0;

	if (!l->mapped)
		bpf_map_lookup_elem(bpf_loaded_map(l, SHARED), &zero, l->shared);
	return l->shared;
}

/* What a kernel without the tracepoint says to a program for it depends on the kernel. */
static bool lacks_tracepoint(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool lacks =
		btf && btf__find_by_name_kind(btf, "btf_trace_cap_capable", BTF_KIND_TYPEDEF) < 0;

	btf__free(btf);
	return lacks;
}

static bool lacks_kprobes(void)
{
	/* e12f03d7031a (4.17); a BPF program is attached through it. */
	return !access("/sys/bus/event_source/devices", F_OK) &&
	       access("/sys/bus/event_source/devices/kprobe/type", F_OK);
}

/*
 * In this order: what is older than global data lacks most of the rest as well, and would be told
 * of a want that is not the one to mend.
 */
int bpf_loaded_possible(bool kprobes, struct err *e)
{
	if (!bpf_is_there())
		return err_set(e, -ENOSYS, "this kernel has no BPF (CONFIG_BPF_SYSCALL)");
	if (!bpf_has_global_data())
		return err_set(e, -EOPNOTSUPP, "this kernel's BPF has no global data (5.2)%s",
			       INSTEAD);
	if (!kprobes && !bpf_has_mapped_maps())
		return err_set(e, -EOPNOTSUPP,
			       "this kernel's BPF has no maps that user space can map (5.5)%s",
			       INSTEAD);
	if (kprobes && lacks_kprobes())
		return err_set(e, -ENOENT,
			       "this kernel has no kprobes for BPF programs "
			       "(CONFIG_KPROBE_EVENTS)");
	if (kprobes && libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_KPROBE, NULL) != 1)
		return err_set(e, -EOPNOTSUPP,
			       "this kernel has no BPF programs for kprobes (CONFIG_BPF_EVENTS)%s",
			       INSTEAD);
	return 0;
}

/* A level that Debian and Android have added asks for CAP_SYS_ADMIN whatever else is held. */
static bool perf_is_closed(void)
{
	cleanup_fclose FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level;

	return f && fscanf(f, "%d", &level) == 1 && level > 2 && !privilege_have(CAP_SYS_ADMIN);
}

/*
 * Before 5.11 (80ee81e0403c) maps and programs count against RLIMIT_MEMLOCK, 64 KB by default, which
 * libbpf raises if it may. Whether they do is asked with a map that is larger than the limit.
 */
static bool memory_is_limited(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;
	int fd;

	if (privilege_have(CAP_SYS_RESOURCE) || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur >= MEMORY_MAX)
		return false;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(int), (__u32)page,
			    (__u32)(limit.rlim_cur / page + 1), NULL);
	if (fd >= 0)
		close(fd);
	return fd == -EPERM;
}

/* What is behind the errno of a refused load or attachment; true if that is known. */
static bool explain(const struct bpf_image *image, int error, struct err *e)
{
	if (!strcmp(image->variant, "fexit") && error == -EPERM)
		err_set(e, error, "this kernel refuses BPF trampolines (EPERM at load)");
	else if (!strcmp(image->variant, "tracepoint") && lacks_tracepoint())
		err_set(e, -ESRCH, "this kernel has no tracepoint capability:cap_capable (6.14)");
	else if (!image->needs_kernel_btf && error == -EACCES && perf_is_closed())
		err_set(e, error,
			"perf events are for CAP_SYS_ADMIN alone: sysctl "
			"kernel.perf_event_paranoid=2");
	else if ((error == -EINVAL || error == -KERNEL_ENOTSUPP) && bpf_jit_is_off())
		err_set(e, error,
			"this kernel refuses the BPF programs while its BPF JIT is off: sysctl "
			"net.core.bpf_jit_enable=1");
	else
		return false;
	return true;
}

static int load(struct bpf_object *obj, const struct bpf_image *image, struct err *e)
{
	int rc = bpf_object__load(obj);

	if (rc == -EPERM && memory_is_limited())
		return err_set(e, rc,
			       "BPF counts as locked memory on this kernel (before 5.11), and the "
			       "limit is too low: ulimit -l unlimited, or CAP_SYS_RESOURCE");
	if (rc && !explain(image, rc, e))
		err_bpf(e, rc, "loading the BPF programs");
	return rc ? e->code : 0;
}

int bpf_loaded_open(struct bpf_loaded *l, const struct bpf_image *image, struct bpf_cfg *cfg,
		    const char *btf_path, size_t ring_size, struct err *e)
{
	int rc;

	*l = (struct bpf_loaded){.image = image, .mapped = bpf_has_mapped_maps()};
	l->obj = open_image(image, btf_path, e);
	if (!l->obj)
		return e->code;
	set_programs(l->obj, image, cfg);
	rc = set_maps(l->obj, cfg, l->mapped, ring_size, e);
	if (!rc)
		rc = set_constants(l->obj, cfg, e);
	if (!rc)
		rc = load(l->obj, image, e);
	if (!rc)
		rc = reach_memory(l, e);
	if (rc)
		bpf_loaded_close(l);
	return rc;
}

void bpf_loaded_close(struct bpf_loaded *l)
{
	for (size_t i = 0; i < l->links_len; i++)
		bpf_link__destroy(l->links[i]);
	leave_memory(l);
	bpf_object__close(l->obj);
	*l = (struct bpf_loaded){0};
}

static int attach_one(struct bpf_loaded *l, struct bpf_program *prog, const char *name,
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
		return explain(l->image, rc, e) ? e->code : err_bpf(e, rc, what);
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
static int attach(struct bpf_loaded *l, const char *name, struct err *e)
{
	struct bpf_program *first = find_copy(l->obj, name, 0);
	int rc = 0;

	for (int i = 0; i < WIRE_COPIES && first && !rc; i++)
		rc = attach_one(
			l, find_copy(l->obj, name, is_trampoline(first) ? WIRE_COPIES - 1 - i : i),
			name, e);
	return rc;
}

bool bpf_loaded_attached(const struct bpf_loaded *l, const char *program)
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

static int attach_optional(struct bpf_loaded *l, const char *name)
{
	struct err why = {0};

	if (attach(l, name, &why))
		log_verbose("%s", why.msg);
	return 0;
}

int bpf_loaded_attach(struct bpf_loaded *l, const struct bpf_cfg *cfg, struct err *e)
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

int bpf_loaded_attach_callers(struct bpf_loaded *l, unsigned int callers, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs) && !rc; i++)
		if (programs[i].role == ROLE_CALLER && programs[i].caller & callers)
			rc = attach(l, programs[i].program, e);
	return rc;
}

int bpf_loaded_map(const struct bpf_loaded *l, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(l->obj, name);

	return map ? bpf_map__fd(map) : -ENOENT;
}

size_t bpf_loaded_size(const struct bpf_loaded *l, const char *name)
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

uint64_t bpf_loaded_missed(const struct bpf_loaded *l, const struct bpf_cfg *cfg)
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
	made_good = bpf_loaded_shared(l)->made_good; /* after `first` */
	first -= MIN(first, made_good);
	return alone + follows + MIN(first, all);
}
