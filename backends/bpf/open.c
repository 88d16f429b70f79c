// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens a variant: looks for what this kernel lacks, loads the programs, opens the reader, and
 * calibrates.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "backends/bpf/attach.h"
#include "backends/bpf/backend.h"
#include "backends/bpf/reader.h"
#include "backends/bpf/refusal.h"
#include "backends/bpf/targets.h"
#include "compat/host/host_caps.h"
#include "compat/host/kstack.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/pidns.h"
#include "core/base/util.h"

#define RING_SIZE_DEFAULT (4U << 20)

/* Reads kernel symbols: all of them for stacks, and a few for the tracepoint variant's callers. */
static int load_symbols(struct bpf_backend *b, enum bpf_variant variant)
{
	struct err e = {0};
	int rc = variant == BPF_TRACEPOINT ? bpf_callers_ranges(&b->cfg, &e) : 0;

	if (rc == -ENOMEM)
		return rc;
	if (rc)
		log_note("%s; audit and insetid are unknown", e.msg);
	return b->cfg.want_stack ? kstack_load_symbols(&b->ksyms) : 0;
}

static int open_reader(struct bpf_backend *b, size_t ring_size, struct err *e)
{
	bool ringbuf = b->cfg.ringbuf;
	const struct bpf_reader_cfg cfg = {
		.map = bpf_progs_map(&b->progs, "events"),
		.ringbuf = ringbuf,
		/* A ring's size was rounded up to a power of two of pages. */
		.size = ringbuf ? bpf_progs_size(&b->progs, "events") : ring_size,
		.timed = true,
		.shared = b->progs.memory.shared,
	};

	return bpf_reader_open(&b->reader, &cfg, e);
}

static int open_progs(struct bpf_backend *b, const struct bpf_object_desc *desc,
		      const struct backend_cfg *cfg, struct err *e)
{
	size_t ring_size = cfg->buffer_size ? cfg->buffer_size : RING_SIZE_DEFAULT;
	const char *btf_path = cfg->btf_path;
	char made[32];
	int rc;

	if (b->cfg.learned) {
		snprintf(made, sizeof(made), "/proc/self/fd/%d", b->nobtf.btf_fd);
		btf_path = made;
	}

	b->cfg.wake_at = ring_size / 4;
	b->btf_given = cfg->btf_path;
	rc = bpf_progs_open(&b->progs, desc, &b->cfg, btf_path, ring_size, e);
	if (rc)
		return rc;
	b->progs.memory.control->self_tgid = getpid(); /* passed on with the mode */
	rc = open_reader(b, ring_size, e);
	if (!rc)
		rc = bpf_attach(&b->progs, &b->cfg, e);
	if (!rc)
		rc = bpf_cgroup_feed_open(&b->cgroup_feed, &b->progs, &b->cfg, e);
	if (!rc)
		rc = bpf_calibrate(b, e);
	if (!rc)
		b->lost_targets = bpf_targets_seed(&b->progs, b->cfg.seeded, &cfg->target);
	return rc;
}

static int check_btf(struct bpf_backend *b, const struct bpf_object_desc *desc, const char *path,
		     struct err *e)
{
	bool own = feature_has(&b->features, FEATURE_BTF);
	struct btf *btf;

	if (!own && !feature_lacks(&b->features, FEATURE_BTF) && (desc->needs_kernel_btf || !path))
		return err_set(e, -ENOENT,
			       "no access to /sys/kernel, which has this kernel's BTF: mount -t "
			       "sysfs nodev /sys");
	if (desc->needs_kernel_btf && !own)
		return err_set(e, -ENOENT, "this kernel has no BTF (/sys/kernel/btf/vmlinux)%s",
			       path ? "" : "; use --backend=bpf:kprobe with --btf FILE");
	if (!path && !own)
		return err_set(e, -ENOENT,
			       "this kernel has no BTF (/sys/kernel/btf/vmlinux); give a file that "
			       "has it with --btf FILE, or use --backend=bpf:nobtf");
	if (!path)
		return 0;
	btf = btf__parse(path, NULL);
	if (!btf)
		return err_set(e, -EBADMSG,
			       "--btf %s: no BTF in this file; give a file of raw BTF, or a "
			       "vmlinux with a .BTF section",
			       path);
	btf__free(btf);
	return 0;
}

/* libbpf's messages are shown only with -vv: captrace's own errors have what matters. */
static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	log_library("libbpf", fmt, ap);
	return 0;
}

/* Objects for 64-bit kernels read pointers and registers of that width. */
static const struct bpf_object_desc *find_desc(enum bpf_variant variant, struct err *e)
{
	const struct machine *machine = machine_of_kernel(0);
	const struct bpf_object_desc *desc =
		bpf_object_desc_find(variant, machine ? machine->word : 8);

	if (!desc)
		err_set(e, -EOPNOTSUPP,
			"needs a 64-bit kernel with BTF, and this kernel is for %s; use "
			"--backend=bpf:nobtf or --backend=ftrace, which need neither",
			machine ? machine->name : "an unknown machine");
	return desc;
}

static int learn(struct bpf_backend *b, const char *btf_path, struct err *e)
{
#ifdef HAVE_FTRACE
	if (pidns_is_child())
		return err_set(e, -EOPNOTSUPP,
			       "captrace runs in a child PID namespace and can't translate its "
			       "PIDs without BTF; run it in the initial PID namespace (docker run "
			       "--pid=host), or use --backend=bpf:kprobe with --btf FILE");
	return bpf_nobtf_find(&b->nobtf, btf_path, e);
#else
	return err_set(e, -EOPNOTSUPP, "bpf:nobtf needs a captrace that is built with ftrace");
#endif
}

static int open_steps(struct bpf_backend *b, const struct bpf_object_desc *desc,
		      const struct backend_cfg *cfg, struct err *e)
{
	/*
	 * This comes first: later steps take long, or would fail with a reason that is not the one
	 * that matters.
	 */
	int rc = bpf_possible(&b->features, !desc->needs_kernel_btf, e);

	if (!rc)
		rc = desc->learned ? learn(b, cfg->btf_path, e)
				   : check_btf(b, desc, cfg->btf_path, e);
	if (!rc)
		rc = calibrator_start(&b->calibrator, e);
	if (rc)
		return rc;
	bpf_settings_derive(b, desc->variant, cfg);
	b->decoder.frames = b->frames;
	rc = load_symbols(b, desc->variant);
	return rc ? err_sys(e, rc, "bpf") : open_progs(b, desc, cfg, e);
}

int bpf_open_variant(struct bpf_backend *b, enum bpf_variant variant, const struct backend_cfg *cfg,
		     struct err *e)
{
	const struct bpf_object_desc *desc = find_desc(variant, e);
	int rc;

	if (!desc)
		return e->code;
	if (host_caps_explain_bpf(-EPERM, e))
		return -EPERM;
	libbpf_set_print(print_libbpf);
	rc = open_steps(b, desc, cfg, e);
	if (rc)
		return rc;
	b->decoder.ksyms = b->ksyms;
	b->decoder.fields = b->fields & cfg->fields;
	b->decoder.extra = b->cfg.want_outcome || b->cfg.want_exec;
	return 0;
}
