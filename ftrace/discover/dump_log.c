// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/dump.h"

#define WORDS 4 /* per line */

/*
 * Returns false for a word that is only partly in @req: a part of an address would not be
 * recognised as an address when the bundle is cleaned.
 */
static bool word_at(const struct dump_request *req, size_t at, int word, uint64_t *v)
{
	uint32_t narrow;

	if (at < req->from || at + (size_t)word > req->from + req->size)
		return false;
	if (word == 4) {
		memcpy(&narrow, req->out + at - req->from, sizeof(narrow));
		*v = narrow;
	} else {
		memcpy(v, req->out + at - req->from, sizeof(*v));
	}
	return true;
}

/* Logs the words with their offsets in the structure; lines of zeros are left out. */
void dump_log(const struct dump_request *req, int word)
{
	size_t step = WORDS * (size_t)word;

	if (!log_wants(LOG_TRACE))
		return;
	log_trace("read: %zu bytes from +%zu of %s", req->size, req->from, req->base);
	for (size_t at = req->from & ~(step - 1); at < req->from + req->size; at += step) {
		char line[128];
		int n = snprintf(line, sizeof(line), "read: +0x%03zx", at);
		bool any = false;

		for (int i = 0; i < WORDS; i++) {
			uint64_t v = 0;

			if (!word_at(req, at + (size_t)(i * word), word, &v))
				n += snprintf(line + n, sizeof(line) - (size_t)n, " -");
			else
				n += snprintf(line + n, sizeof(line) - (size_t)n,
					      v ? " 0x%" PRIx64 : " 0", v);
			any |= v;
		}
		if (any)
			log_trace("%s", line);
	}
}
