/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks that a probe on the symbol cap_capable misses: many kernels inline it into its callers in
 * security/commoncap.c. These callers are symbols of their own. If they make a check, it is of the
 * current credentials, for the credentials' own or the initial user namespace, so that the verdict
 * follows from the effective set. The programs are attached only where calibration did not see
 * these checks.
 */
#ifndef CAPTRACE_BPF_CALLERS_H
#define CAPTRACE_BPF_CALLERS_H

#include "bpf/check.h"
#include "bpf/cred.h"

#define INIT_USER_NS_INO 0xEFFFFFFDU /* PROC_USER_INIT_INO, since 3.8 */

#define CAP_SYS_RAWIO 17

#define PR_SET_SECUREBITS 28

#define SECURE_ALL_LOCKS 0xaaaaaaaa /* each bit's lock is the bit above it */

/* @c has the current credentials; the filters have let @cap and the thread pass. */
static __always_inline void caller_emit(void *ctx, struct check *c, int cap, u8 audit, u32 ns)
{
	c->cap = cap;
	c->audit = audit;
	c->insetid = WIRE_NO;
	c->opts = audit == WIRE_YES ? 0 : 2;
	c->target_userns = ns;
	c->denied = !(c->current_userns == ns && c->caps >> cap & 1);
	if (verdict_wanted(c->denied) && uid_wanted(c->uid))
		check_emit(ctx, c);
}

/* cap_capset() always makes a check, in cap_inh_is_capped(). */
static __always_inline void caller_capset(void *ctx, u32 copy)
{
	struct check c = {.copy = copy};

	if (!cap_wanted(CAP_SETPCAP) || !thread_wanted())
		return;
	cred_current(&c);
	caller_emit(ctx, &c, CAP_SETPCAP, WIRE_YES, c.current_userns);
}

/*
 * PR_SET_SECUREBITS makes its check last: changes to locked bits and unknown bits fail before it.
 */
static __always_inline void caller_prctl(void *ctx, u32 copy, int option, unsigned long bits)
{
	struct check c = {.copy = copy};
	u32 old;

	if (option != PR_SET_SECUREBITS || !cap_wanted(CAP_SETPCAP) || !thread_wanted())
		return;
	old = cred_current(&c);
	if (((old & SECURE_ALL_LOCKS) >> 1) & (old ^ bits))
		return;
	if (old & SECURE_ALL_LOCKS & ~bits)
		return;
	if (bits & ~(unsigned long)cfg.securebits_mask)
		return;
	caller_emit(ctx, &c, CAP_SETPCAP, WIRE_YES, c.current_userns);
}

static __always_inline void caller_mmap_addr(void *ctx, u32 copy, unsigned long addr)
{
	struct check c = {.copy = copy};

	if (addr >= cfg.mmap_min_addr || !cap_wanted(CAP_SYS_RAWIO) || !thread_wanted())
		return;
	cred_current(&c);
	caller_emit(ctx, &c, CAP_SYS_RAWIO, WIRE_YES, INIT_USER_NS_INO);
}

static __always_inline void caller_overcommit(void *ctx, u32 copy)
{
	struct check c = {.copy = copy};

	if (!cap_wanted(CAP_SYS_ADMIN) || !thread_wanted())
		return;
	cred_current(&c);
	caller_emit(ctx, &c, CAP_SYS_ADMIN, WIRE_NO, INIT_USER_NS_INO);
}

#endif
