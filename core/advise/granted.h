/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities a subject is granted: by its unit, container or file, or as its checks show. */
#ifndef CAPTRACE_CORE_ADVISE_GRANTED_H
#define CAPTRACE_CORE_ADVISE_GRANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/advise/subject.h"

struct cap_origin;

struct granted {
	bool known;
	bool bounding; /* `caps` is a bounding set: the processes need not have all of it */
	uint64_t caps;
	char from[192]; /* "CapabilityBoundingSet= of nginx.service" */
};

/*
 * Fills in @g. A unit's or a container's bounding set is looked up only if @by says that subjects
 * are units, or containers or pods.
 */
void granted_find(struct granted *g, enum advise_by by, const struct subject *sub,
		  const struct cap_origin *origins, size_t origins_len);

#endif
