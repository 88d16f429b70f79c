/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides how wide each column is. */
#ifndef CAPTRACE_CORE_OUTPUT_WIDTHS_H
#define CAPTRACE_CORE_OUTPUT_WIDTHS_H

#include <stddef.h>

struct column;

/*
 * Sets @cells, the width of each of @cols, for a terminal of @width cells, with a blank between
 * columns. Each gets its preferred width, more (up to its maximum) if there is room, or less (down
 * to its minimum) if the terminal is narrow. If that is not enough, rows are wider than the
 * terminal. @width 0: no terminal, all get the preferred width.
 */
void widths_fit(const struct column *const *cols, size_t len, unsigned int width,
		unsigned short *cells);

#endif
