// SPDX-License-Identifier: GPL-2.0-or-later
/* The BPF backend: its variants differ in the object they load, and in how audit is known. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <poll.h>
#include <string.h>

#include "backends/bpf/aggregate.h"
#include "backends/bpf/backend.h"
#include "backends/bpf/memory.h"
#include "backends/bpf/reader.h"
#include "backends/bpf/refusal.h"
#include "compat/host/bpf_features.h"
#include "compat/host/host_caps.h"
#include "compat/host/ksyms.h"
#include "compat/host/machine.h"
#include "compat/host/preempt.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/pidns.h"
#include "core/base/process.h"
#include "core/base/util.h"

#define RING_SIZE_DEFAULT (4U << 20)

/* THREAD_SIZE of x86-64, arm64 and riscv64 without KASAN; calibration tells if it isn't so. */
#define KERNEL_STACK_SIZE 16384

/* Bounds the search for what forks while it is looked for. */
#define SEED_ROUNDS 16

/*
 * Trampolines are called with preemption on, tracepoints not before 7.0. All variants use these to
 * follow forks.
 */
static bool preemptible(const struct bpf_backend *b)
{
	return kernel_preempts() &&
	       (bpf_backend_variant(b) == BPF_FEXIT || tracepoints_preemptible());
}

static void set_cfg(struct bpf_backend *b, const struct backend_cfg *cfg)
{
	const struct prefilter *pre = &cfg->prefilter;
	struct calibration facts = {0};
	bool ringbuf = bpf_has_ringbuf(), learned = b->learned.btf_fd >= 0;
	bool can_read = strcmp(lockdown_state(), "confidentiality") != 0;
	uint64_t fields = cfg->fields & (learned ? b->learned.fields : ~UINT64_C(0));

	calibration_facts(&facts, b->calibrator);
	b->cfg = (struct bpf_cfg){
		/* Rings of several CPUs are put in order by it. */
		.want_time = fields & (FIELD(TIMESTAMP) | FIELDS_EXTRA) || !ringbuf,
		.want_comm = !!(fields & FIELD(COMM)),
		.want_mntns = !!(fields & FIELD(MNTNS)),
		.want_cgroup = !!(fields & FIELD(CGROUPID)),
		/* Calibration reads it in any case. */
		.want_syscall = !!(fields & FIELD(SYSCALL)),
		.want_stack = !!(fields & FIELD(KSTACK)),
		.want_outcome = !!(fields & FIELD(OUTCOME)),
		.want_cred_override = !!(fields & FIELD(CRED_OVERRIDE)),
		/* The name is a string to read. */
		.want_exec = fields & FIELD(EXEC) && can_read,
		.ringbuf = ringbuf,
		.learned = learned,
		.copies = preemptible(b),
		.targeted = !cfg->target.all,
		.follow = !cfg->target.all && cfg->target.follow,
		.in_child_pidns = pidns_is_child(),
		.pidns = pidns_own(),
		.self = getpid(),
		.calibrator = calibrator_pid(b->calibrator),
		.verdicts = pre->verdicts,
		.audited_only = pre->audited_only,
		.has_uid = pre->has_uid,
		.uid = pre->uid,
		.caps = pre->caps,
		.unique = cfg->unique                 ? WIRE_UNIQUE_ROWS
			  : cfg->aggregate && ringbuf ? WIRE_UNIQUE_TASKS
						      : WIRE_UNIQUE_NO,
		.stack_size = learned ? b->learned.stack_size : KERNEL_STACK_SIZE,
		.mmap_min_addr = facts.mmap_min_addr,
		.securebits_mask = facts.securebits_mask,
	};
	bpf_cgroup_configure(&b->cfg, cfg, can_read && !learned);
}

/* Symbols are read only for stacks, and some of them for the tracepoint's callers. */
static int load_symbols(struct bpf_backend *b)
{
	struct err e = {0};
	int rc = bpf_backend_variant(b) == BPF_TRACEPOINT ? bpf_callers_ranges(&b->cfg, &e) : 0;

	if (rc)
		log_note("%s; audit and insetid are unknown", e.msg);
	if (rc == -ENOMEM || !b->cfg.want_stack)
		return rc == -ENOMEM ? rc : 0;
	rc = ksyms_load(&b->ksyms, &e);
	if (rc)
		log_note("%s; stack frames stay addresses", e.msg);
	return rc == -ENOMEM ? rc : 0;
}

/* What comes beside the checks. */
static void on_beside(const struct bpf_backend *b, const void *data, size_t size)
{
	struct cap_outcome outcome;
	struct cap_exec exec;

	if (!bpf_decode_outcome(&b->decoder, data, size, &outcome))
		b->sink->outcome(b->sink, &outcome);
	else if (!bpf_decode_exec(&b->decoder, data, size, &exec))
		b->sink->exec(b->sink, &exec);
}

static void on_record(void *arg, const void *data, size_t size)
{
	struct bpf_backend *b = arg;
	const struct wire_check *r = data;
	struct cap_event ev;

	if (b->decoder.beside && r->time >> WIRE_KIND_SHIFT)
		on_beside(b, data, size);
	else if (!bpf_decode(&b->decoder, data, size, &ev))
		b->sink->event(b->sink, &ev);
}

static int open_reader(struct bpf_backend *b, size_t ring_size, struct err *e)
{
	bool ringbuf = b->cfg.ringbuf;
	const struct bpf_reader_cfg cfg = {
		.map = bpf_progs_map(&b->loaded, "events"),
		.ringbuf = ringbuf,
		/* The kernel's size is a power of two of pages. */
		.size = ringbuf ? bpf_progs_size(&b->loaded, "events") : ring_size,
		.timed = true,
		.shared = b->loaded.shared,
	};

	return bpf_reader_open(&b->reader, &cfg, e);
}

struct seeding {
	struct bpf_backend *b;
	size_t added;
};

static int seed(struct bpf_progs *l, bool seeded, uint32_t tgid)
{
	uint8_t none = TARGET_NONE, live = TARGET_LIVE;

	if (seeded)
		return bpf_map_update_elem(bpf_progs_map(l, "seeds"), &tgid, &live, BPF_NOEXIST);
	if (tgid >= l->targets_len)
		return -ERANGE;
	return __atomic_compare_exchange_n(&l->targets[tgid], &none, live, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST)
		       ? 0
		       : -EEXIST;
}

static void add_pid(void *arg, pid_t pid)
{
	struct seeding *s = arg;
	int rc = seed(&s->b->loaded, s->b->cfg.seeded, (uint32_t)pid);

	if (!rc)
		s->added++;
	else if (rc != -EEXIST)
		s->b->lost_targets++;
}

/*
 * The programs that follow forks are attached by now. What a process forked before that is found in
 * /proc, and what those forked before they were found the next time, until there is nothing new.
 */
static void add_pids(struct bpf_backend *b, const struct target *target)
{
	struct seeding s = {.b = b};

	for (size_t i = 0; i < target->pids_len; i++)
		add_pid(&s, target->pids[i]);
	if (!target->follow || target->command)
		return;
	for (int round = 0; s.added && round < SEED_ROUNDS; round++) {
		s.added = 0;
		for (size_t i = 0; i < target->pids_len; i++)
			process_descendants(target->pids[i], add_pid, &s);
	}
}

static int open_loaded(struct bpf_backend *b, const struct bpf_object_desc *image,
		       const struct backend_cfg *cfg, struct err *e)
{
	size_t ring_size = cfg->buffer_size ? cfg->buffer_size : RING_SIZE_DEFAULT;
	const char *btf_path = cfg->btf_path;
	char made[32];
	int rc;

	if (b->cfg.learned) {
		snprintf(made, sizeof(made), "/proc/self/fd/%d", b->learned.btf_fd);
		btf_path = made;
	}

	b->cfg.wake_at = ring_size / 4;
	b->btf_given = cfg->btf_path;
	rc = bpf_progs_open(&b->loaded, image, &b->cfg, btf_path, ring_size, e);
	if (rc)
		return rc;
	b->loaded.control->self_tgid = getpid(); /* told with the mode */
	rc = open_reader(b, ring_size, e);
	if (!rc)
		rc = bpf_progs_attach(&b->loaded, &b->cfg, e);
	if (!rc)
		rc = bpf_cgroup_feed_open(&b->cgroup_feed, &b->loaded, &b->cfg, e);
	if (!rc)
		rc = bpf_calibrate(b, e);
	if (!rc)
		add_pids(b, &cfg->target);
	return rc;
}

static void bpf_close(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	bpf_reader_close(b->reader);
	bpf_cgroup_feed_close(b->cgroup_feed);
	bpf_progs_close(&b->loaded);
	calibrator_free(b->calibrator);
	ksyms_free(b->ksyms);
	if (b->learned.btf_fd >= 0)
		close(b->learned.btf_fd);
	free(b);
}

static int check_btf(const struct bpf_object_desc *image, const char *path, struct err *e)
{
	struct btf *btf;

	if (image->needs_kernel_btf && access("/sys/kernel/btf/vmlinux", R_OK))
		return err_set(e, -ENOENT, "no BTF of this kernel (/sys/kernel/btf/vmlinux)%s",
			       path ? "" : "; --backend=bpf:kprobe takes one with --btf FILE");
	if (!path && access("/sys/kernel/btf/vmlinux", R_OK))
		return err_set(e, -ENOENT,
			       "no BTF of this kernel (/sys/kernel/btf/vmlinux): give "
			       "one with --btf FILE");
	if (!path)
		return 0;
	btf = btf__parse(path, NULL);
	if (!btf)
		return err_set(e, -EBADMSG,
			       "--btf %s: no BTF in it; give raw BTF, or a vmlinux with a .BTF "
			       "section",
			       path);
	btf__free(btf);
	return 0;
}

/* What matters of libbpf's own words is in our errors. */
static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	log_library("libbpf", fmt, ap);
	return 0;
}

/* Those of 64-bit kernels hold pointers and registers that are so wide. */
static const struct bpf_object_desc *find_image(const struct backend_variant *v, struct err *e)
{
	const struct machine *machine = machine_of_kernel(0);
	enum bpf_variant variant = (enum bpf_variant)(v - bpf_backend_ops.variants);
	const struct bpf_object_desc *image =
		bpf_object_desc_find(variant, machine ? machine->word : 8);

	if (!image)
		err_set(e, -EOPNOTSUPP,
			"for 64-bit kernels with BTF, and this is one for %s; "
			"--backend=bpf:nobtf or ftrace needs neither",
			machine ? machine->name : "another machine");
	return image;
}

static int learn(struct bpf_backend *b, const char *btf_path, struct err *e)
{
#ifdef HAVE_FTRACE
	if (pidns_is_child())
		return err_set(e, -EOPNOTSUPP,
			       "captrace is in a PID namespace of its own, and without BTF its "
			       "numbers can't be told from the initial one's");
	return bpf_nobtf_find(&b->learned, btf_path, e);
#else
	return err_set(e, -EOPNOTSUPP, "no bpf:nobtf in this captrace, built without ftrace");
#endif
}

static int open_image(struct bpf_backend *b, const struct bpf_object_desc *image,
		      const struct backend_cfg *cfg, struct err *e)
{
	/* Before all that takes long, or would tell of a want that is not the one to mend. */
	int rc = bpf_possible(!image->needs_kernel_btf, e);

	if (!rc)
		rc = image->learned ? learn(b, cfg->btf_path, e)
				    : check_btf(image, cfg->btf_path, e);
	if (!rc)
		rc = calibrator_start(&b->calibrator, e);
	if (rc)
		return rc;
	set_cfg(b, cfg);
	b->decoder.frames = b->frames;
	rc = load_symbols(b);
	return rc ? err_sys(e, rc, "bpf") : open_loaded(b, image, cfg, e);
}

static int bpf_open(struct backend **out, const struct backend_cfg *cfg, struct err *e)
{
	const struct bpf_object_desc *image = find_image(cfg->variant, e);
	struct bpf_backend *b;
	int rc;

	if (!image)
		return e->code;
	if (host_caps_explain_bpf(-EPERM, e))
		return -EPERM;
	libbpf_set_print(print_libbpf);
	b = calloc(1, sizeof(*b));
	if (!b)
		return err_sys(e, -ENOMEM, "bpf");
	b->base.ops = &bpf_backend_ops;
	b->learned.btf_fd = -1;
	b->base.variant = cfg->variant;
	rc = open_image(b, image, cfg, e);
	if (rc) {
		bpf_close(&b->base);
		return rc;
	}
	b->decoder.ksyms = b->ksyms;
	b->decoder.fields = b->fields & cfg->fields;
	b->decoder.beside = b->cfg.want_outcome || b->cfg.want_exec;
	*out = &b->base;
	return 0;
}

/* For the maps: where bpf() is not for everybody, each call asks (kernel.unprivileged_bpf_disabled). */
static uint64_t bpf_keeps(const struct backend *base)
{
	return host_caps_for_bpf();
}

static int bpf_start(struct backend *base, struct err *e)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	return bpf_progs_set_mode(&b->loaded, BPF_MODE_LIVE, e);
}

static uint64_t bpf_fields(const struct backend *base)
{
	return container_of(base, struct bpf_backend, base)->fields;
}

static int bpf_fds(const struct backend *base, struct pollfd *fds, int max)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	if (max < 1)
		return 0;
	fds[0] = (struct pollfd){
		.fd = bpf_reader_fd(b->reader),
		.events = POLLIN,
	};
	return 1;
}

static int bpf_drain(struct backend *base, struct event_handler *sink, struct err *e)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	char buf[128];
	int rc;

	/* Each time anew: the wall clock may have been set. */
	b->decoder.clock_offset = clock_wall_offset();
	b->sink = sink;
	rc = bpf_reader_drain(b->reader, BACKEND_DRAIN_MAX, on_record, b);
	b->sink = NULL;
	return rc < 0 ? err_set(e, rc, "reading the ring: %s", bpf_strerror(rc, buf, sizeof(buf)))
		      : rc;
}

static bool bpf_arm(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	/*
	 * Where tasks can be preempted in the programs, the one that is to wake the reader can be
	 * skipped, or be preempted before it does, with nothing after it that would (t, 7.2: a reader
	 * slept on for good). There the timer looks, which needs nobody's wake-up.
	 */
	return !b->cfg.copies && bpf_reader_arm(b->reader);
}

/* Entries that stay behind are checks whose return was never seen. */
static void count_leftover_entries(struct bpf_backend *b)
{
	int fd = bpf_progs_map(&b->loaded, "entries");
	uint64_t key, *last = NULL;

	while (fd >= 0 && !bpf_map_get_next_key(fd, last, &key)) {
		b->lost_user++;
		last = &key;
	}
}

static void bpf_stop(struct backend *base)
{
	struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	struct err e = {0};

	/* What comes after that is beside the session, and no loss. */
	if (bpf_progs_set_mode(&b->loaded, BPF_MODE_OFF, &e))
		log_verbose("%s", e.msg);
	count_leftover_entries(b);
}

static uint64_t count_unaudited(const struct bpf_backend *b)
{
	int cpus = libbpf_num_possible_cpus(), fd = bpf_progs_map(&b->loaded, "unaudited");
	cleanup_free uint64_t *values = calloc(cpus > 0 ? (size_t)cpus : 1, sizeof(*values));
	uint64_t sum = 0;
	uint32_t zero = 0;

	if (!values || bpf_map_lookup_elem(fd, &zero, values))
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

static void bpf_stats(const struct backend *base, struct backend_stats *stats)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	const volatile struct bpf_shared *now = bpf_memory_shared(&b->loaded);
	const volatile struct bpf_shared *s = now ? now : b->loaded.shared;

	*stats = (struct backend_stats){
		.losses =
			{
				{"ring buffer", s->lost_ring + bpf_reader_lost(b->reader)},
				{"return probe", s->lost_pair + b->lost_user},
				{"table of checks in flight", s->lost_entries},
				{"table of processes", s->lost_targets + b->lost_targets},
				{"program preempted", bpf_progs_missed(&b->loaded, &b->cfg)},
			},
		.losses_len = 5,
		.incomplete = now ? NULL : "what the BPF programs lost can't be read",
		/*
		 * Not while it is live: a map is read with bpf_prog_active held, and where a task can
		 * be preempted in that, kprobes' programs are kept out of its CPU meanwhile.
		 */
		.unaudited = b->loaded.control->mode == BPF_MODE_OFF ? count_unaudited(b) : 0,
	};
}

static void bpf_describe(const struct backend *base,
			 void (*fact)(void *arg, const char *key, const char *value), void *arg)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);
	const struct calibration *cal = &b->calibration;
	char buf[192];

	if (bpf_backend_variant(b) == BPF_TRACEPOINT)
		fact(arg, "audit",
		     b->loaded.shared->caller_slots[0] ? "from the caller's place on the stack"
						       : "from the caller, by unwinding");
	else
		fact(arg, "fourth_argument", calibration_form(cal, buf, sizeof(buf)));
	fact(arg, "layout",
	     b->cfg.learned ? b->learned.how
	     : b->btf_given ? "types from --btf"
			    : "the kernel's BTF");
	fact(arg, "inlined_callers", callers_names(cal->inlined, buf, sizeof(buf)));
	if (cal->unknown)
		fact(arg, "untried_callers", callers_names(cal->unknown, buf, sizeof(buf)));
	if (b->cfg.copies)
		fact(arg, "programs", "in several copies each: tasks can be preempted in them");
	fact(arg, "ring", b->cfg.ringbuf ? "BPF ring buffer" : "perf buffers (before 5.8)");
}

static void bpf_for_each_aggregate(const struct backend *base,
				   void (*fn)(void *arg, const struct cap_event *, uint64_t count),
				   void *arg)
{
	const struct bpf_backend *b = container_of(base, struct bpf_backend, base);

	if (b->cfg.unique)
		bpf_aggregate_for_each(bpf_progs_map(&b->loaded, "aggregates"), &b->decoder, fn,
				       arg);
}

static struct cgroup_feed *bpf_cgroup_feed(struct backend *base)
{
	return container_of(base, struct bpf_backend, base)->cgroup_feed;
}

static const struct backend_variant variants[] = {
	[BPF_FEXIT] = {"fexit", "BPF trampolines (5.5, arm64 6.4) and BTF",
		       FIELDS_BACKEND | FIELDS_EXTRA},
	[BPF_KPROBE] = {"kprobe", "BPF kprobes and BTF, of the kernel or by --btf",
			FIELDS_BACKEND | FIELDS_EXTRA},
	[BPF_TRACEPOINT] = {"tracepoint", "BPF at capability:cap_capable (6.14) and BTF",
			    FIELDS_BACKEND | FIELDS_EXTRA},
	[BPF_NOBTF] = {"nobtf",
		       "BPF kprobes without BTF: the kernel's structures are found at the start",
		       (FIELDS_BACKEND & ~FIELD(STARTUP)) | FIELD(OUTCOME)},
	{0},
};

const struct backend_ops bpf_backend_ops = {
	.name = "bpf",
	.variants = variants,
	.open = bpf_open,
	.keeps = bpf_keeps,
	.start = bpf_start,
	.fields = bpf_fields,
	.fds = bpf_fds,
	.drain = bpf_drain,
	.arm = bpf_arm,
	.stop = bpf_stop,
	.stats = bpf_stats,
	.for_each_aggregate = bpf_for_each_aggregate,
	.cgroup_feed = bpf_cgroup_feed,
	.describe = bpf_describe,
	.close = bpf_close,
};
