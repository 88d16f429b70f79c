/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What captrace knows about its calibrator without probes, to compare events with. */
#ifndef CAPTRACE_BACKENDS_FTRACE_KNOWN_H
#define CAPTRACE_BACKENDS_FTRACE_KNOWN_H

#include "compat/calibrate/calibrate.h"

struct cap_event;
struct ftrace_backend;

/* Sets @known to the event that @step should produce; .have has the fields that are known. */
void ftrace_known(struct ftrace_backend *b, enum calib_step step, struct cap_event *known);

/* FIELD() bits of the fields that both events have and that differ. */
uint64_t ftrace_known_differs(const struct cap_event *known, const struct cap_event *ev);

#endif
