/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: JSON, an object a line, each with a `type`.
 *
 *   header   the first line: the format's version and what is recorded (struct cap_origin)
 *   normal   a check, as `-o json` shows it
 *   outcome  struct cap_outcome
 *   exec     struct cap_exec
 *   lost     as `-o json` has it
 *   end      the last line: how many of them there are, and why it ends
 *
 * A reader skips types and keys that it doesn't know; a change that it would misread raises the
 * version. A recording without its last line is cut.
 */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_H
#define CAPTRACE_CORE_OUTPUT_RECORD_H

#include "core/sink.h"

#define RECORD_FORMAT  "captrace"
#define RECORD_VERSION 1

/* Takes cfg.out and the only one of cfg.sources. */
extern const struct sink_ops record_sink_ops;

#endif
