/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calibration: a child of captrace's makes checks that are known and have no side effects, one step
 * at a time, and what a variant sees of each step tells what no version number can: what the fourth
 * argument of cap_capable means, and which of its callers have it inlined (so that no probe on the
 * symbol sees their checks).
 */
#ifndef CAPTRACE_COMPAT_CALIBRATE_CALIBRATE_H
#define CAPTRACE_COMPAT_CALIBRATE_CALIBRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "compat/calibrate/calibrate_form.h"

struct calibrator;
struct err;

enum calib_step {
	CALIB_AUDITED,    /* SETPCAP, through ns_capable(): prctl(PR_CAPBSET_DROP) */
	CALIB_UNAUDITED,  /* SYS_ADMIN or SYS_PTRACE, through ns_capable_noaudit() */
	CALIB_CAPSET,     /* SETPCAP from cap_capset() */
	CALIB_SECUREBITS, /* SETPCAP from cap_task_prctl() */
	CALIB_MMAP0,      /* SYS_RAWIO from cap_mmap_addr() */
	CALIB_OVERCOMMIT, /* SYS_ADMIN, unaudited, from cap_vm_enough_memory() */
	CALIB_STEPS
};

/* The callers in commoncap.c that may have cap_capable inlined, as bits. */
enum {
	CALLER_CAPSET = 1 << 0,
	CALLER_PRCTL = 1 << 1,
	CALLER_MMAP_ADDR = 1 << 2,
	CALLER_OVERCOMMIT = 1 << 3,
};

/* One check of the calibrator that a variant saw. */
struct calib_seen {
	int cap;
	uint32_t opts; /* the fourth argument as it arrived */
};

struct calibration {
	enum opts_form form;
	bool audited_seen, unaudited_seen;     /* these steps' checks arrived at all, */
	uint32_t audited_opts, unaudited_opts; /* and their fourth arguments were these */
	bool conflict;        /* the two steps contradict each other: form is OPTS_UNKNOWN */
	unsigned int inlined; /* CALLER_* bits: asked, and not seen */
	unsigned int unknown; /* CALLER_* bits: the check could not be made here */
	/* Facts that the inlined callers' probes need, as this kernel answers them. */
	uint64_t mmap_min_addr;   /* below it cap_mmap_addr() asks; bytes */
	uint32_t securebits_mask; /* bits that PR_SET_SECUREBITS knows */
};

/* Forks the child. */
int calibrator_start(struct calibrator **c, struct err *e);
void calibrator_free(struct calibrator *c);

/* In captrace's own PID namespace. */
pid_t calibrator_pid(const struct calibrator *c);

/* The system call that makes @step's check, for the native ABI; to verify how it is read. */
int calibrator_syscall(enum calib_step step);

/* The first three arguments of the system call that makes CALIB_AUDITED's check. */
extern const uint64_t calibrator_audited_args[3];

/*
 * Makes the child do @step; its checks are made when this returns. -EOPNOTSUPP if the child can't
 * make that check here (a seccomp filter, mmap_min_addr of 0, …).
 */
int calibrator_step(struct calibrator *c, enum calib_step step);

/* Takes in what a variant saw of @step; @rc is what calibrator_step() returned. */
void calibration_judge(struct calibration *cal, enum calib_step step, int rc,
		       const struct calib_seen *seen, size_t len);

/* Fills the facts that need the child but no probe; before the steps or after them. */
void calibration_facts(struct calibration *cal, struct calibrator *c);

/* "capset prctl" of CALLER_* bits, "none" of none; in @buf. */
const char *callers_names(unsigned int callers, char *buf, size_t size);

/* The form, and how it was found; in @buf. */
const char *calibration_form(const struct calibration *cal, char *buf, size_t size);

/* "bits (5.1)", "audit flag (before 5.1)" or "unknown". */
const char *opts_form_name(enum opts_form form);

#endif
