/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "did you mean": finds, among the names offered, the one that is most like a mistyped name. */
#ifndef CAPTRACE_CORE_BASE_NEAREST_H
#define CAPTRACE_CORE_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *want;
	size_t len;
	const char *best; /* borrowed, one of those offered; NULL: none is near */
	size_t distance;
};

void nearest_init(struct nearest *n, const char *want, size_t len);
void nearest_offer(struct nearest *n, const char *name);

/* " (did you mean BEST?)" in @buf, or "" if nothing is near. */
const char *nearest_hint(const struct nearest *n, char *buf, size_t size);

#endif
