/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drops the capabilities that captrace no longer needs. */
#ifndef CAPTRACE_CORE_BASE_DROP_CAPS_H
#define CAPTRACE_CORE_BASE_DROP_CAPS_H

#include <stdint.h>

/*
 * Drops all capabilities of the calling thread except those in @keep (a bit each) and the few that
 * are needed to read about other users' processes and to end the command. They leave the permitted
 * set, too, so they cannot be regained. Capabilities are per thread: each thread calls this for
 * itself.
 */
void drop_caps(uint64_t keep);

#endif
