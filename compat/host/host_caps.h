/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which privileges captrace has, and which ones BPF and perf need on this kernel. */
#ifndef CAPTRACE_COMPAT_HOST_HOST_CAPS_H
#define CAPTRACE_COMPAT_HOST_HOST_CAPS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/*
 * The capabilities that bpf() and perf_event_open() require, as bits. Before 5.8 both require
 * SYS_ADMIN; perf_event_open() also does so where kernel.perf_event_paranoid is above 2.
 */
uint64_t host_caps_for_bpf(void);
uint64_t host_caps_for_perf(void);

/*
 * Whether perf events require CAP_SYS_ADMIN, so that CAP_PERFMON does not suffice. That is so at
 * the levels of kernel.perf_event_paranoid above 2, which Debian and Android have added.
 */
bool perf_is_closed(void);

/* Whether capability @cap (CAP_*) is in captrace's effective set. */
bool host_caps_have(int cap);

/*
 * If captrace lacks privilege, which explains @error (-EPERM or -EACCES) of a BPF step: sets @e to
 * what BPF needs and returns true.
 */
bool host_caps_explain_bpf(int error, struct err *e);

/* The state of lockdown(7): "none" (also without that LSM), "integrity" or "confidentiality". */
const char *lockdown_state(void);

/*
 * Whether the kernel has a JIT compiler for BPF programs but it is off, as it is on riscv64 after
 * boot. Newer kernels refuse programs that need the JIT. Enabling it is left to the administrator.
 */
bool bpf_jit_is_off(void);

#endif
