/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What captrace knows of its calibrator without any probe, to hold events against. */
#ifndef CAPTRACE_BACKENDS_FTRACE_KNOWN_H
#define CAPTRACE_BACKENDS_FTRACE_KNOWN_H

#include "compat/calibrate/calibrate.h"

struct cap_event;
struct ftrace_backend;

/* The event that @step should make; `have` says what of it is known. */
void ftrace_known(struct ftrace_backend *b, enum calib_step step, struct cap_event *known);

/* Bits of the fields that both have and that differ. */
uint64_t ftrace_known_differs(const struct cap_event *known, const struct cap_event *ev);

#endif
