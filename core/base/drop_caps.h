/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving up what captrace may do, once what needs it is done. */
#ifndef CAPTRACE_CORE_BASE_DROP_CAPS_H
#define CAPTRACE_CORE_BASE_DROP_CAPS_H

#include <stdint.h>

/*
 * Drops all capabilities of the calling thread but those in @keep (a bit each) and what reading
 * about others' processes and ending the command takes. For good: the permitted set too. Each thread
 * has its own and drops them itself.
 */
void drop_caps(uint64_t keep);

#endif
