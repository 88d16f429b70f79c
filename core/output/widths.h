/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide each column is. */
#ifndef CAPTRACE_CORE_OUTPUT_WIDTHS_H
#define CAPTRACE_CORE_OUTPUT_WIDTHS_H

#include <stddef.h>

struct column;

/*
 * Sets @cells of each of @cols for a terminal of @width cells, with a blank between two columns.
 * Columns get what they prefer, more up to their largest where there is room, less down to their
 * smallest where it is narrow; past that rows are wider than the terminal. 0: no terminal, all as
 * they prefer.
 */
void layout_fit(const struct column *const *cols, size_t len, unsigned int width,
		unsigned short *cells);

#endif
