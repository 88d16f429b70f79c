/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calibration: a child process makes known checks without side effects, one step at a time. What a
 * variant sees of each step shows what no version number does: the meaning of the fourth argument
 * of cap_capable, and which of its callers have it inlined, so that a probe on the symbol does not
 * see their checks.
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
	uint32_t opts; /* the fourth argument */
};

struct calibration {
	enum opts_form form;
	bool audited_seen, unaudited_seen;     /* the checks of these steps arrived, */
	uint32_t audited_opts, unaudited_opts; /* with these fourth arguments */
	bool conflict;        /* the two steps contradict each other: form is OPTS_UNKNOWN */
	unsigned int inlined; /* CALLER_* bits: the check was made, but not seen */
	unsigned int unknown; /* CALLER_* bits: the check could not be made here */
	/* Facts about this kernel that the probes of inlined callers need. */
	uint64_t mmap_min_addr;   /* in bytes; cap_mmap_addr() checks addresses below it */
	uint32_t securebits_mask; /* the bits that PR_SET_SECUREBITS accepts */
};

/* Forks the child. */
int calibrator_start(struct calibrator **c, struct err *e);
void calibrator_free(struct calibrator *c);

/* The child's pid in captrace's own PID namespace. */
pid_t calibrator_pid(const struct calibrator *c);

/* The number of the system call that makes @step's check, in the native ABI; for verification. */
int calibrator_syscall(enum calib_step step);

/* The first three arguments of the system call that makes CALIB_AUDITED's check. */
extern const uint64_t calibrator_audited_args[3];

/*
 * Makes the child do @step, and returns when its checks were made. -EOPNOTSUPP: the child can't
 * make that check here (a seccomp filter, mmap_min_addr of 0, …).
 */
int calibrator_step(struct calibrator *c, enum calib_step step);

/* Draws the conclusions from what a variant saw of @step. @rc: the result of calibrator_step(). */
void calibration_judge(struct calibration *cal, enum calib_step step, int rc,
		       const struct calib_seen *seen, size_t len);

/*
 * Fills in the facts, which need the child but no probe. May be called before or after the steps.
 */
void calibration_facts(struct calibration *cal, struct calibrator *c);

/* Writes the names of CALLER_* bits to @buf, such as "capset, overcommit", or "none". */
const char *callers_names(unsigned int callers, char *buf, size_t size);

/* Writes to @buf the form and the values from which it was concluded. */
const char *calibration_form(const struct calibration *cal, char *buf, size_t size);

/* "option bits (5.1)", "audit flag (before 5.1)" or "unknown". */
const char *opts_form_name(enum opts_form form);

#endif
