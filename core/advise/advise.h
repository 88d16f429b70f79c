/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sink that turns checks into advice: which capabilities are required, missing, optional and
 * unused, with the evidence.
 */
#ifndef CAPTRACE_CORE_ADVISE_ADVISE_H
#define CAPTRACE_CORE_ADVISE_ADVISE_H

#include "core/advise/subject.h"
#include "core/sink.h"

struct advice_format;
struct expect;

struct advise_cfg {
	enum advise_by by;
	const struct advice_format *format;
	uint64_t explain;      /* capabilities to show all evidence of */
	struct expect *expect; /* what may be needed; NULL: do not compare */
	bool allow_incomplete;
};

/* Exit codes of `captrace advise`, beside those of every subcommand. */
enum {
	EXIT_UNEXPECTED = 4, /* more is needed than --expect allows */
	EXIT_INCOMPLETE = 5, /* checks were lost, or not everything can be known */
};

extern const struct sink_ops advise_sink_ops;

#endif
