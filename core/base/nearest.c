// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/util.h"

#define NAME_MAX_LEN 40

void nearest_init(struct nearest *n, const char *want, size_t len)
{
	n->want = want;
	n->len = len;
	n->best = NULL;
	/* If more than a third of the letters differ, it is a different name. */
	n->distance = MAX(len / 3, (size_t)1) + 1;
}

/* The Levenshtein distance, ignoring case; holds one row of the table at a time. */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t row[NAME_MAX_LEN + 1];

	for (size_t j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t change = diagonal + (tolower((unsigned char)a[i - 1]) !=
						    tolower((unsigned char)b[j - 1]));

			diagonal = row[j];
			row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[blen];
}

void nearest_offer(struct nearest *n, const char *name)
{
	size_t len = strlen(name), d;

	if (!n->len || n->len > NAME_MAX_LEN || len > NAME_MAX_LEN)
		return;
	d = distance(n->want, n->len, name, len);
	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}

const char *nearest_hint(const struct nearest *n, char *buf, size_t size)
{
	buf[0] = '\0';
	if (n->best)
		snprintf(buf, size, " (did you mean %s?)", n->best);
	return buf;
}
