/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this kernel's BPF can do, asked by trying it: a version says little, as features are taken back. */
#ifndef CAPTRACE_BPF_FEATURES_H
#define CAPTRACE_BPF_FEATURES_H

#include <stdbool.h>

/* CONFIG_BPF_SYSCALL (99c55f7d47c0, 3.18). Needs no privilege. */
bool bpf_is_there(void);

/* False if maps that user space can map (fc9702273e2e, 5.5) are unknown to it; true if that can't be told. */
bool bpf_has_mapped_maps(void);

#endif
