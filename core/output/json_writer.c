// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/json_writer.h"

#include <string.h>

#include "core/output/json.h"
#include "core/output/out.h"

#define INDENT 2

static void new_line(struct json_writer *w)
{
	if (!w->pretty)
		return;
	out_char(w->out, '\n');
	out_repeat(w->out, ' ', INDENT * (size_t)w->depth);
}

/* What stands before a value or a key. */
static void separate(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->filled >> w->depth & 1)
		out_char(w->out, ',');
	w->filled |= UINT32_C(1) << w->depth;
	if (w->depth)
		new_line(w);
}

void jw_begin(struct json_writer *w, char bracket)
{
	separate(w);
	out_char(w->out, bracket);
	w->depth++;
	w->filled &= ~(UINT32_C(1) << w->depth);
}

void jw_end(struct json_writer *w, char bracket)
{
	bool filled = w->filled >> w->depth & 1;

	w->depth--;
	if (filled)
		new_line(w);
	out_char(w->out, bracket);
	/* One text a line. */
	if (!w->depth) {
		out_char(w->out, '\n');
		w->filled = 0;
	}
}

void jw_key(struct json_writer *w, const char *key)
{
	separate(w);
	json_write_string(w->out, key, strlen(key));
	out_str(w->out, w->pretty ? ": " : ":");
	w->after_key = true;
}

void jw_str(struct json_writer *w, const char *s)
{
	if (!s) {
		jw_null(w);
		return;
	}
	separate(w);
	json_write_string(w->out, s, strlen(s));
}

void jw_u64(struct json_writer *w, uint64_t v)
{
	separate(w);
	out_u64(w->out, v);
}

void jw_s64(struct json_writer *w, int64_t v)
{
	separate(w);
	out_s64(w->out, v);
}

void jw_bool(struct json_writer *w, bool v)
{
	separate(w);
	out_str(w->out, v ? "true" : "false");
}

void jw_null(struct json_writer *w)
{
	separate(w);
	out_str(w->out, "null");
}

void jw_key_str(struct json_writer *w, const char *key, const char *s)
{
	jw_key(w, key);
	jw_str(w, s);
}

void jw_key_u64(struct json_writer *w, const char *key, uint64_t v)
{
	jw_key(w, key);
	jw_u64(w, v);
}

void jw_key_time(struct json_writer *w, const char *key, uint64_t ns)
{
	jw_key(w, key);
	if (ns)
		jw_u64(w, ns);
	else
		jw_null(w);
}

void jw_key_bool(struct json_writer *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}
