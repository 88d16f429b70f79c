/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sinks of -o: each has a row in SINKS and a file in this folder. */
#ifndef CAPTRACE_CORE_OUTPUT_SINKS_H
#define CAPTRACE_CORE_OUTPUT_SINKS_H

#include "core/sink.h"

/* In the order in which they are listed; the first is the default. */
#define SINKS(SINK)      \
	SINK(columns)    \
	SINK(json)       \
	SINK(jsonpretty) \
	SINK(yaml)

#define SINK_DECLARE(name) extern const struct sink_ops name##_sink_ops;
SINKS(SINK_DECLARE)
#undef SINK_DECLARE

#endif
