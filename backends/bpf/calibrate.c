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

/* The records of one step. */
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

/* Makes a check: its record has captrace's thread group as the initial PID namespace numbers it. */
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

/* Removes FIELD(SYSCALL) if the saved registers are not where the programs look for them. */
static void verify_syscall(struct bpf_backend *b, const struct seen *s)
{
	const struct wire_check *r = seen_cap(s, CAP_SETPCAP, -1);
	const char *name = r ? syscall_name((enum syscall_abi)r->abi, r->syscall) : NULL;

	if (!b->cfg.want_syscall || (name && !strcmp(name, "prctl")))
		return;
	log_note("system calls are unknown: the saved registers are not at the expected place");
	b->fields &= ~FIELD(SYSCALL);
}

/* @callers: NULL except for the tracepoint variant. */
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

/*
 * Makes an audited and an unaudited check. The tracepoint has no fourth argument, so the callers
 * have to show which is which.
 */
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
	log_verbose("bpf:tracepoint: the caller of cap_capable shows whether a check is audited; "
		    "it is %s",
		    bpf_callers_settle(callers, b->progs.memory.shared)
			    ? "read at its place on the stack"
			    : "found by unwinding the stack at each check");
	if (verify_callers(b, s))
		return;
	log_note("audit and insetid are unknown: captrace could not identify the callers of "
		 "cap_capable");
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
	char buf[192];

	/* This program would run at every mmap and brk, for checks that are all left out. */
	if (b->cfg.audited_only)
		callers &= ~(unsigned int)CALLER_OVERCOMMIT;
	if (cal->unknown)
		log_verbose("bpf:%s: calibration could not make the checks of these callers: %s",
			    b->base.variant->name, callers_names(cal->unknown, buf, sizeof(buf)));
	return callers ? bpf_attach_callers(&b->progs, callers, e) : 0;
}

/* Start-up is wrong unless all of its programs are attached. */
static bool has_startup(const struct bpf_backend *b)
{
	static const char *const programs[] = {"start_attach", "start_fork", "start_exec",
					       "start_free"};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!bpf_attach_has(&b->progs, programs[i]))
			return false;
	return true;
}

/* The variant's fields, without those that are not asked for or not available here. */
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
	/* This also passes on to the programs what was found out (`control`). */
	if (!rc)
		rc = bpf_progs_set_mode(&b->progs, BPF_MODE_OFF, e);
	calibrator_free(b->calibrator);
	b->calibrator = NULL;
	/* Checks that the calibrator made are not part of the trace. */
	drain(b, &seen);
	return rc;
}
