// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/widths.h"

#include "core/event/column.h"

/* The column that can grow (or shrink) most; @len if none can. */
static size_t pick(const struct column *const *cols, size_t len, const unsigned short *cells,
		   bool grow)
{
	size_t best = len;
	int most = 0;

	for (size_t i = 0; i < len; i++) {
		int room = grow ? cols[i]->max - cells[i] : cells[i] - cols[i]->min;

		if (room > most) {
			most = room;
			best = i;
		}
	}
	return best;
}

void widths_fit(const struct column *const *cols, size_t len, unsigned int width,
		unsigned short *cells)
{
	size_t sum = len ? len - 1 : 0, i;

	for (i = 0; i < len; i++) {
		cells[i] = cols[i]->width;
		sum += cells[i];
	}
	if (!width)
		return;
	for (; sum > width && (i = pick(cols, len, cells, false)) < len; sum--)
		cells[i]--;
	for (; sum < width && (i = pick(cols, len, cells, true)) < len; sum++)
		cells[i]++;
}
