/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this kernel's BPF can do, asked by trying it: a version says little, as features are taken back. */
#ifndef CAPTRACE_COMPAT_HOST_BPF_FEATURES_H
#define CAPTRACE_COMPAT_HOST_BPF_FEATURES_H

#include <stdbool.h>

/* CONFIG_BPF_SYSCALL (99c55f7d47c0, 3.18). Needs no privilege. */
bool bpf_is_there(void);

/* Of these: false if the kernel doesn't know it; true if that can't be told. */

/* Variables and constants of programs (d8eca5bbb2be, 5.2), told by the map flag that came with them. */
bool bpf_has_global_data(void);

/* Maps that user space can map (fc9702273e2e, 5.5). */
bool bpf_has_mapped_maps(void);

/* 457f44363a88 (5.8). */
bool bpf_has_ringbuf(void);

#endif
