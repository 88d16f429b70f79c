/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the addresses of a kernel stack into the frames that are shown. */
#ifndef CAPTRACE_COMPAT_HOST_KSTACK_H
#define CAPTRACE_COMPAT_HOST_KSTACK_H

#include <stddef.h>
#include <stdint.h>

struct cap_frame;
struct ksyms;

/*
 * Loads the symbols for stacks. If they can't be read, it logs that frames are shown as addresses,
 * and sets @k to NULL. Returns 0 or -ENOMEM.
 */
int kstack_load_symbols(struct ksyms **k);

/*
 * Fills @frames from the @len addresses, innermost first; without symbols if @k is NULL. Returns
 * the index of the frame of the function that makes the check, at which the shown stack begins: the
 * frames inside of it belong to the tracer. Returns @len if there is no such frame, since a
 * trampoline may leave no frame of the function it is attached to.
 */
size_t kstack_fill(struct cap_frame *frames, const struct ksyms *k, const uint64_t *addrs,
		   size_t len);

#endif
