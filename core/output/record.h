/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink that writes recordings; core/output/record_format.h describes their format. */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_H
#define CAPTRACE_CORE_OUTPUT_RECORD_H

#include "core/sink.h"

/* Uses cfg.out and cfg.origins, of which there is one. */
extern const struct sink_ops record_sink_ops;

#endif
