/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `captrace doctor`: what this machine allows, each variant with the fields it gives or the reason
 * against it, and what to do about it. Variants are really opened, calibration and all, and closed
 * again: nothing stays behind.
 */
#ifndef CAPTRACE_BACKENDS_DOCTOR_H
#define CAPTRACE_BACKENDS_DOCTOR_H

#include <stdbool.h>

struct backend_ops;
struct cgroup_hierarchy;
struct err;
struct out;

struct doctor_cfg {
	const struct backend_ops *const *table; /* of backends, ends with NULL */
	const char *backend;                    /* which variants: as --backend has it */
	const char *btf_path;                   /* --btf, or NULL */
	const struct cgroup_hierarchy *cgroups; /* as struct backend_cfg has it */
	bool json, pretty;
	const char *bundle; /* --bundle: a file that isn't there yet, "-", or NULL */
};

/*
 * Reports to @out, which may be NULL with a bundle. 0, -ENOTSUP if no variant works, or why there is
 * no bundle.
 */
int doctor_run(const struct doctor_cfg *cfg, struct out *out, struct err *e);

#endif
