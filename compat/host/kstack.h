/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel stacks: from their addresses to what a reader is shown. */
#ifndef CAPTRACE_COMPAT_HOST_KSTACK_H
#define CAPTRACE_COMPAT_HOST_KSTACK_H

#include <stddef.h>
#include <stdint.h>

struct cap_frame;
struct ksyms;

/*
 * Symbols for stacks. Where they can't be read, the user is told that frames stay addresses, and @k
 * is NULL. 0 or -ENOMEM.
 */
int kstack_load_symbols(struct ksyms **k);

/*
 * Fills @frames from the @len addresses, the innermost first, without symbols if @k is NULL. Returns
 * the index of the frame of the function whose check it is, where the stack begins for a reader: what
 * is inside of it is the tracer's own machinery. @len if there is no such frame, as a trampoline may
 * leave none of the function it is attached to.
 */
size_t kstack_fill(struct cap_frame *frames, const struct ksyms *k, const uint64_t *addrs,
		   size_t len);

#endif
