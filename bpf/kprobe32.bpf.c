// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs of bpf/kprobe.bpf.c for 32-bit kernels. */
#define KERNEL_WORD 4
#include "bpf/kprobe.bpf.c"
