// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "backends/bpf/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/syscalls.h"

void bpf_calibrate_record(struct bpf_backend *b, const void *data, size_t size)
{
	if (size >= sizeof(b->seen[0]) && b->seen_len < CALIB_SEEN_MAX)
		memcpy(&b->seen[b->seen_len++], data, sizeof(b->seen[0]));
}

/* The records of one step, in b->seen. Returns what calibrator_step() does. */
static int make_step(struct bpf_backend *b, enum calib_step step)
{
	int rc;

	b->seen_len = 0;
	rc = calibrator_step(b->calibrator, step);
	bpf_backend_drain(b);
	return rc;
}

/* A check of captrace's own tells its thread group in the initial PID namespace. */
static void learn_self(struct bpf_backend *b)
{
	b->seen_len = 0;
	prctl(PR_CAPBSET_DROP, 9999, 0, 0, 0);
	bpf_backend_drain(b);
	for (size_t i = 0; i < b->seen_len; i++)
		if (b->seen[i].cap == CAP_SETPCAP)
			b->loaded.control->self_tgid = b->seen[i].tgid;
}

static const struct wire_check *seen_cap(const struct bpf_backend *b, int cap, int cap2)
{
	for (size_t i = 0; i < b->seen_len; i++)
		if (b->seen[i].cap == cap || b->seen[i].cap == cap2)
			return &b->seen[i];
	return NULL;
}

/* Where the saved registers were looked for in the wrong place, the name would be a guess. */
static void verify_syscall(struct bpf_backend *b)
{
	const struct wire_check *r = seen_cap(b, CAP_SETPCAP, -1);
	const char *name = r ? syscall_name((enum syscall_abi)r->abi, r->syscall) : NULL;

	if (!b->cfg.want_syscall || (name && !strcmp(name, "prctl")))
		return;
	log_note("system calls are unknown: the saved registers are not where they were expected");
	b->fields &= ~FIELD(SYSCALL);
}

static void judge_steps(struct bpf_backend *b, struct calibration *cal, bool tracepoint,
			struct bpf_callers *callers)
{
	for (int step = 0; step < CALIB_STEPS; step++) {
		struct calib_seen seen[CALIB_SEEN_MAX];
		int rc = make_step(b, (enum calib_step)step);

		for (size_t i = 0; i < b->seen_len; i++)
			seen[i] = (struct calib_seen){b->seen[i].cap, b->seen[i].opts};
		calibration_judge(cal, (enum calib_step)step, rc, seen, b->seen_len);
		if (tracepoint && b->seen_len)
			bpf_callers_learn(callers, &b->cfg, b->loaded.shared);
		if (step == CALIB_AUDITED)
			verify_syscall(b);
	}
}

/* The tracepoint has no fourth argument: its callers must tell these two apart. */
static bool verify_callers(struct bpf_backend *b)
{
	const struct wire_check *r;

	make_step(b, CALIB_AUDITED);
	r = seen_cap(b, CAP_SETPCAP, -1);
	if (!r || r->audit != WIRE_YES)
		return false;
	make_step(b, CALIB_UNAUDITED);
	r = seen_cap(b, CAP_SYS_ADMIN, CAP_SYS_PTRACE);
	return r && r->audit == WIRE_NO;
}

static void settle_callers(struct bpf_backend *b, const struct bpf_callers *callers)
{
	log_verbose("bpf:tracepoint: audit from the caller, %s",
		    bpf_callers_settle(callers, b->loaded.shared) ? "by its place on the stack"
								  : "by unwinding each check");
	if (verify_callers(b))
		return;
	log_note("audit and insetid are unknown: the callers of cap_capable could not be told "
		 "apart");
	b->fields &= ~(FIELD(AUDIT) | FIELD(INSETID));
}

static void settle_form(struct bpf_backend *b, const struct calibration *cal)
{
	__atomic_store_n(&b->loaded.control->form, (uint32_t)cal->form, __ATOMIC_SEQ_CST);
	log_verbose("bpf:%s: the fourth argument of cap_capable holds: %s", b->base.variant->name,
		    opts_form_name(cal->form));
	if (cal->form == OPTS_UNKNOWN) {
		log_note("audit and insetid are unknown: the fourth argument of cap_capable %s",
			 cal->conflict ? "has no known form" : "could not be calibrated");
		b->fields &= ~(FIELD(AUDIT) | FIELD(INSETID));
	} else if (cal->form == OPTS_AUDIT) {
		b->fields &= ~FIELD(INSETID);
	}
}

static int settle_inlined(struct bpf_backend *b, const struct calibration *cal, struct err *e)
{
	unsigned int callers = cal->inlined;

	/* A program at every mmap and brk, for checks that would all be left out. */
	if (b->cfg.audited_only)
		callers &= ~(unsigned int)CALLER_OVERCOMMIT;
	if (cal->unknown)
		log_verbose("bpf:%s: could not try whether capset, prctl or mmap checks arrive "
			    "(callers %#x)",
			    b->base.variant->name, cal->unknown);
	return callers ? bpf_progs_attach_callers(&b->loaded, callers, e) : 0;
}

/* All of its programs, or what they tell is wrong. */
static bool has_startup(const struct bpf_backend *b)
{
	static const char *const programs[] = {"start_attach", "start_fork", "start_exec",
					       "start_free"};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!bpf_progs_attached(&b->loaded, programs[i]))
			return false;
	return true;
}

int bpf_calibrate(struct bpf_backend *b, struct err *e)
{
	bool tracepoint = bpf_backend_variant(b) == BPF_TRACEPOINT;
	struct bpf_callers callers = {0};
	struct calibration cal = {0};
	int rc;

	b->fields = b->base.variant->fields;
	if (!b->cfg.want_key)
		b->fields &= ~FIELD(CGROUP_KEY);
	if (!has_startup(b))
		b->fields &= ~FIELD(STARTUP);
	if (b->cfg.learned)
		b->fields &= b->learned.fields;
	if (!b->cfg.want_outcome || !bpf_progs_attached(&b->loaded, "sys_exit"))
		b->fields &= ~FIELD(OUTCOME);
	if (!b->cfg.want_cred_override)
		b->fields &= ~FIELD(CRED_OVERRIDE);
	b->fields &= b->cfg.want_exec ? ~UINT64_C(0) : ~FIELD(EXEC);
	rc = bpf_backend_set_mode(b, BPF_MODE_CALIBRATE, e);
	if (rc)
		return rc;
	b->calibrating = true;
	learn_self(b);
	judge_steps(b, &cal, tracepoint, &callers);
	if (!cal.audited_seen && !cal.unaudited_seen) {
		rc = err_set(e, -ENODATA,
			     "attached, but captrace's own capability checks do not arrive");
	} else if (tracepoint) {
		settle_callers(b, &callers);
		rc = 0;
	} else {
		settle_form(b, &cal);
		rc = settle_inlined(b, &cal, e);
	}
	b->calibration = cal;
	/* With it the programs are told what has been found out. */
	if (!rc)
		rc = bpf_backend_set_mode(b, BPF_MODE_OFF, e);
	calibrator_free(b->calibrator);
	b->calibrator = NULL;
	bpf_backend_drain(b);
	b->calibrating = false;
	return rc;
}
