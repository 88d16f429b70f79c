/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sinks that sinks.c lists. */
#ifndef CAPTRACE_CORE_OUTPUT_SINKS_H
#define CAPTRACE_CORE_OUTPUT_SINKS_H

#include "core/sink.h"

extern const struct sink_ops columns_sink_ops;
extern const struct sink_ops json_sink_ops;
extern const struct sink_ops jsonpretty_sink_ops;
extern const struct sink_ops yaml_sink_ops;

#endif
