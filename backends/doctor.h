/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `captrace doctor`: reports what this machine allows, which fields each variant gives or why it
 * does not work, and what to do about that. It opens each variant for real, with calibration, and
 * closes it again: nothing stays behind.
 */
#ifndef CAPTRACE_BACKENDS_DOCTOR_H
#define CAPTRACE_BACKENDS_DOCTOR_H

#include <stdbool.h>

struct backend_ops;
struct cgroup_hierarchy;
struct err;
struct out;

struct doctor_cfg {
	const struct backend_ops *const *table; /* the backends; ends with NULL */
	const char *backend;                    /* the variants to try, in --backend's syntax */
	const char *btf_path;                   /* --btf, or NULL */
	const struct cgroup_hierarchy *cgroups; /* see struct backend_cfg */
	bool json, pretty;
	const char *bundle; /* --bundle: a file that does not exist yet, "-", or NULL */
};

/*
 * Reports to @out, which may be NULL if there is a bundle. Returns 0, -ENOTSUP if no variant works,
 * or another negative errno if the bundle could not be made.
 */
int doctor_run(const struct doctor_cfg *cfg, struct out *out, struct err *e);

#endif
