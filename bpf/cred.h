/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills in the credentials of a check, by typed loads or by bpf_probe_read_kernel. */
#ifndef CAPTRACE_BPF_CRED_H
#define CAPTRACE_BPF_CRED_H

#include "bpf/record.h"
#include "bpf/task.h"

static __always_inline void cred_load(struct check *c, const struct cred *cred)
{
	c->uid = cred->uid.val;
	c->gid = cred->gid.val;
	c->current_userns = cred->user_ns->ns.inum;
	if (bpf_core_field_exists(cred->cap_effective.val)) {
		c->caps = cred->cap_effective.val;
	} else {
		const struct cred___v62 *old = (const void *)cred;

		c->caps = old->cap_effective.cap[0] | (u64)old->cap_effective.cap[1] << 32;
	}
}

/* On a little-endian machine, 8 bytes at cap_effective are the same in both of its forms. */
static __always_inline void cred_read(struct check *c, const struct cred *cred)
{
	c->uid = BPF_CORE_READ(cred, uid.val);
	c->gid = BPF_CORE_READ(cred, gid.val);
	c->current_userns = BPF_CORE_READ(cred, user_ns, ns.inum);
	bpf_core_read(&c->caps, sizeof(c->caps), &cred->cap_effective);
}

/*
 * Whether @cred temporarily replaces the task's own credentials (override_creds()): overlayfs uses
 * those of the mounter while it looks into its layers. The credentials that a file was opened with
 * do not count as an override.
 */
static __always_inline u8 cred_override(const struct cred *cred)
{
	if (!cfg.want_cred_override)
		return 0;
	if (HAVE_TASK_BTF) {
		struct task_struct *task = bpf_get_current_task_btf();

		return (u64)task->real_cred != (u64)cred && (u64)task->cred == (u64)cred;
	}
	struct task_struct *task = (void *)bpf_get_current_task();

	return (u64)BPF_CORE_READ(task, real_cred) != (u64)cred &&
	       (u64)BPF_CORE_READ(task, cred) == (u64)cred;
}

/* Fills in the current task's credentials. Returns its securebits. */
static __always_inline u32 cred_current(struct check *c)
{
	if (HAVE_TASK_BTF) {
		struct task_struct *task = bpf_get_current_task_btf();

		cred_load(c, task->cred);
		return task->cred->securebits;
	}
	struct task_struct *task = (void *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);

	cred_read(c, cred);
	return BPF_CORE_READ(cred, securebits);
}

#endif
