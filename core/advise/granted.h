/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a subject has been given: by its unit, its container, its file, or as it was seen. */
#ifndef CAPTRACE_CORE_ADVISE_GRANTED_H
#define CAPTRACE_CORE_ADVISE_GRANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/advise/subject.h"

struct cap_origin;

struct granted {
	bool known;
	uint64_t caps;
	char from[192]; /* "CapabilityBoundingSet= of nginx.service" */
};

/* @by is how subjects are told apart: a container's specification counts for containers alone. */
void granted_find(struct granted *g, enum advise_by by, const struct subject *sub,
		  const struct cap_origin *origins, size_t origins_len);

#endif
