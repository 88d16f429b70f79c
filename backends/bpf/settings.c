// SPDX-License-Identifier: GPL-2.0-or-later
/* Derives the settings of the programs (struct bpf_cfg) from what the session asks for. */
#include <string.h>

#include "backends/bpf/backend.h"
#include "compat/host/features.h"
#include "compat/host/host_caps.h"
#include "compat/host/preempt.h"
#include "core/base/pidns.h"
#include "core/base/util.h"

/* THREAD_SIZE of x86-64, arm64 and riscv64 without KASAN; calibration notices another one. */
#define KERNEL_STACK_SIZE 16384

/*
 * Whether tasks can be preempted in the programs. Trampolines are called with preemption on,
 * tracepoints since 7.0; all variants use tracepoints to follow forks. If it is unknown, the answer
 * is yes, because copies of programs do no harm.
 */
static bool preemptible(struct features *f, enum bpf_variant variant)
{
	return kernel_preempts() &&
	       (variant == BPF_FEXIT || !feature_lacks(f, FEATURE_TRACEPOINT_SRCU));
}

void bpf_settings_derive(struct bpf_backend *b, enum bpf_variant variant,
			 const struct backend_cfg *cfg)
{
	const struct prefilter *pre = &cfg->prefilter;
	struct calibration facts = {0};
	bool ringbuf = !feature_lacks(&b->features, FEATURE_BPF_RINGBUF);
	bool learned = b->nobtf.btf_fd >= 0;
	bool can_read = strcmp(lockdown_state(), "confidentiality") != 0;
	uint64_t fields = cfg->fields & (learned ? b->nobtf.fields : ~UINT64_C(0));

	calibration_facts(&facts, b->calibrator);
	b->cfg = (struct bpf_cfg){
		/* Perf buffers of several CPUs are put in order by it. */
		.want_time = fields & (FIELD(TIMESTAMP) | FIELDS_EXTRA) || !ringbuf,
		.want_comm = !!(fields & FIELD(COMM)),
		.want_mntns = !!(fields & FIELD(MNTNS)),
		.want_cgroup = !!(fields & FIELD(CGROUPID)),
		.want_syscall = !!(fields & FIELD(SYSCALL)),
		.want_stack = !!(fields & FIELD(KSTACK)),
		.want_outcome = !!(fields & FIELD(OUTCOME)),
		.want_cred_override = !!(fields & FIELD(CRED_OVERRIDE)),
		/* The name is a string in kernel memory. */
		.want_exec = fields & FIELD(EXEC) && can_read,
		.ringbuf = ringbuf,
		.learned = learned,
		.copies = preemptible(&b->features, variant),
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
		.stack_size = learned ? b->nobtf.stack_size : KERNEL_STACK_SIZE,
		.mmap_min_addr = facts.mmap_min_addr,
		.securebits_mask = facts.securebits_mask,
	};
	bpf_cgroup_configure(&b->cfg, cfg, can_read && !learned);
}
