/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink that writes recordings, which core/output/record_format.h describes. */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_H
#define CAPTRACE_CORE_OUTPUT_RECORD_H

#include "core/sink.h"

/* Takes cfg.out and the only one of cfg.sources. */
extern const struct sink_ops record_sink_ops;

#endif
