/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes text for a terminal. What could control it (controls, invisible and bidirectional
 * characters, invalid bytes) is written as \xNN; what is too long is cut and marked.
 */
#ifndef CAPTRACE_CORE_OUTPUT_CELL_H
#define CAPTRACE_CORE_OUTPUT_CELL_H

#include <stdbool.h>
#include <stddef.h>

struct out;

#define CELL_WHOLE ((size_t)-1)

/* Whether output may be UTF-8, by the locale or, if that could not be loaded, by its name. */
bool cell_locale_is_utf8(void);

/*
 * Writes @s in at most @limit (> 0) terminal cells and returns how many it took. Without @utf8 the
 * output is ASCII only.
 */
size_t cell_write(struct out *o, const char *s, size_t len, size_t limit, bool utf8);

#endif
