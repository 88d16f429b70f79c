/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for a terminal: what could drive it (controls, invisible and bidirectional characters,
 * invalid bytes) is written as \xNN, what is too long is cut and marked.
 */
#ifndef CAPTRACE_CORE_OUTPUT_CELL_H
#define CAPTRACE_CORE_OUTPUT_CELL_H

#include <stdbool.h>
#include <stddef.h>

struct out;

#define CELL_WHOLE ((size_t)-1)

/* Whether the reader takes UTF-8, by the locale or, where that could not be loaded, its name. */
bool cell_locale_is_utf8(void);

/*
 * Writes @s in at most @limit (> 0) terminal cells. Returns how many it took. Without @utf8 all
 * that is written is ASCII.
 */
size_t cell_write(struct out *o, const char *s, size_t len, size_t limit, bool utf8);

#endif
