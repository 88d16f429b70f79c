// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "backends/bpf/attach.h"
#include "backends/bpf/backend.h"
#include "backends/bpf/images.h"
#include "backends/bpf/reader.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/event/syscalls.h"

#define SEEN_MAX 32

/* A step's records. */
struct seen {
	struct wire_check checks[SEEN_MAX];
	size_t len;
};

static void on_record(void *arg, const void *data, size_t size)
{
	struct seen *s = arg;

	if (size >= sizeof(s->checks[0]) && s->len < SEEN_MAX)
		memcpy(&s->checks[s->len++], data, sizeof(s->checks[0]));
}

static void drain(struct bpf_backend *b, struct seen *s)
{
	s->len = 0;
	bpf_reader_drain(b->reader, BACKEND_DRAIN_MAX, on_record, s);
}

/* Returns what calibrator_step() does. */
static int make_step(struct bpf_backend *b, enum calib_step step, struct seen *s)
{
	int rc = calibrator_step(b->calibrator, step);

	drain(b, s);
	return rc;
}

/* A check of captrace's own tells its thread group in the initial PID namespace. */
static void learn_self(struct bpf_backend *b, struct seen *s)
{
	prctl(PR_CAPBSET_DROP, 9999, 0, 0, 0);
	drain(b, s);
	for (size_t i = 0; i < s->len; i++)
		if (s->checks[i].cap == CAP_SETPCAP)
			b->progs.memory.control->self_tgid = s->checks[i].tgid;
}

static const struct wire_check *seen_cap(const struct seen *s, int cap, int cap2)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->checks[i].cap == cap || s->checks[i].cap == cap2)
			return &s->checks[i];
	return NULL;
}

/* Where the saved registers were looked for in the wrong place, the name would be a guess. */
static void verify_syscall(struct bpf_backend *b, const struct seen *s)
{
	const struct wire_check *r = seen_cap(s, CAP_SETPCAP, -1);
	const char *name = r ? syscall_name((enum syscall_abi)r->abi, r->syscall) : NULL;

	if (!b->cfg.want_syscall || (name && !strcmp(name, "prctl")))
		return;
	log_note("system calls are unknown: the saved registers are not where they were expected");
	b->fields &= ~FIELD(SYSCALL);
}

/* @callers is NULL but for the tracepoint. */
static void judge_steps(struct bpf_backend *b, struct calibration *cal, struct bpf_callers *callers,
			struct seen *s)
{
	for (int step = 0; step < CALIB_STEPS; step++) {
		struct calib_seen seen[SEEN_MAX];
		int rc = make_step(b, (enum calib_step)step, s);

		for (size_t i = 0; i < s->len; i++)
			seen[i] = (struct calib_seen){s->checks[i].cap, s->checks[i].opts};
		calibration_judge(cal, (enum calib_step)step, rc, seen, s->len);
		if (callers && s->len)
			bpf_callers_learn(callers, &b->cfg, b->progs.memory.shared);
		if (step == CALIB_AUDITED)
			verify_syscall(b, s);
	}
}

/* The tracepoint has no fourth argument: its callers must tell these two apart. */
static bool verify_callers(struct bpf_backend *b, struct seen *s)
{
	const struct wire_check *r;

	make_step(b, CALIB_AUDITED, s);
	r = seen_cap(s, CAP_SETPCAP, -1);
	if (!r || r->audit != WIRE_YES)
		return false;
	make_step(b, CALIB_UNAUDITED, s);
	r = seen_cap(s, CAP_SYS_ADMIN, CAP_SYS_PTRACE);
	return r && r->audit == WIRE_NO;
}

static void settle_callers(struct bpf_backend *b, const struct bpf_callers *callers, struct seen *s)
{
	log_verbose("bpf:tracepoint: audit from the caller, %s",
		    bpf_callers_settle(callers, b->progs.memory.shared)
			    ? "by its place on the stack"
			    : "by unwinding each check");
	if (verify_callers(b, s))
		return;
	log_note("audit and insetid are unknown: the callers of cap_capable could not be told "
		 "apart");
	b->fields &= ~(FIELD(AUDIT) | FIELD(INSETID));
}

static void settle_form(struct bpf_backend *b, const struct calibration *cal)
{
	__atomic_store_n(&b->progs.memory.control->form, (uint32_t)cal->form, __ATOMIC_SEQ_CST);
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
	return callers ? bpf_attach_callers(&b->progs, callers, e) : 0;
}

/* All of its programs, or what they tell is wrong. */
static bool has_startup(const struct bpf_backend *b)
{
	static const char *const programs[] = {"start_attach", "start_fork", "start_exec",
					       "start_free"};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!bpf_attach_has(&b->progs, programs[i]))
			return false;
	return true;
}

/* What the variant gives, less what the programs were not asked for or can't tell here. */
static uint64_t fields_of(const struct bpf_backend *b)
{
	uint64_t fields = b->base.variant->fields;

	if (!b->cfg.want_key)
		fields &= ~FIELD(CGROUP_KEY);
	if (!has_startup(b))
		fields &= ~FIELD(STARTUP);
	if (b->cfg.learned)
		fields &= b->nobtf.fields;
	if (!b->cfg.want_outcome || !bpf_attach_has(&b->progs, "sys_exit"))
		fields &= ~FIELD(OUTCOME);
	if (!b->cfg.want_cred_override)
		fields &= ~FIELD(CRED_OVERRIDE);
	if (!b->cfg.want_exec)
		fields &= ~FIELD(EXEC);
	return fields;
}

int bpf_calibrate(struct bpf_backend *b, struct err *e)
{
	bool tracepoint = b->progs.desc->variant == BPF_TRACEPOINT;
	struct bpf_callers callers = {0};
	struct calibration cal = {0};
	struct seen seen;
	int rc;

	b->fields = fields_of(b);
	rc = bpf_progs_set_mode(&b->progs, BPF_MODE_CALIBRATE, e);
	if (rc)
		return rc;
	learn_self(b, &seen);
	judge_steps(b, &cal, tracepoint ? &callers : NULL, &seen);
	if (!cal.audited_seen && !cal.unaudited_seen) {
		rc = err_set(e, -ENODATA,
			     "attached, but captrace's own capability checks do not arrive");
	} else if (tracepoint) {
		settle_callers(b, &callers, &seen);
	} else {
		settle_form(b, &cal);
		rc = settle_inlined(b, &cal, e);
	}
	b->calibration = cal;
	/* With it the programs are told what has been found out. */
	if (!rc)
		rc = bpf_progs_set_mode(&b->progs, BPF_MODE_OFF, e);
	calibrator_free(b->calibrator);
	b->calibrator = NULL;
	/* What the calibrator's end has asked for is nobody's. */
	drain(b, &seen);
	return rc;
}
