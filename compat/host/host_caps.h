/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What captrace itself may do. */
#ifndef CAPTRACE_COMPAT_HOST_HOST_CAPS_H
#define CAPTRACE_COMPAT_HOST_HOST_CAPS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/*
 * As bits: what bpf() and perf_event_open() ask for; before 5.8 SYS_ADMIN for both, and for perf
 * where kernel.perf_event_paranoid is above 2.
 */
uint64_t host_caps_for_bpf(void);
uint64_t host_caps_for_perf(void);

/*
 * Whether perf events are for CAP_SYS_ADMIN alone, whatever else is held: at a level of
 * kernel.perf_event_paranoid above 2, which Debian and Android have added.
 */
bool perf_is_closed(void);

/* Whether capability @cap (CAP_*) is in captrace's effective set. */
bool host_caps_have(int cap);

/*
 * Why a step that the kernel refused with @error failed, if it is for want of privilege: sets @e
 * to what is needed for BPF and returns true.
 */
bool host_caps_explain_bpf(int error, struct err *e);

/* The state of lockdown(7): "none", "integrity", "confidentiality"; "none" if there is no such LSM. */
const char *lockdown_state(void);

/*
 * Whether the kernel has a JIT compiler for BPF programs and doesn't use it, as riscv64's does not at
 * boot: newer kernels refuse programs that need it. Switching it on is the administrator's.
 */
bool bpf_jit_is_off(void);

#endif
