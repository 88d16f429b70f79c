// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf:kprobe's programs for kernels of 32 bits. */
#define KERNEL_WORD 4
#include "bpf/kprobe.bpf.c"
