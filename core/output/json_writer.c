// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/json_writer.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/event/column.h"
#include "core/output/out.h"

#define INDENT 2

static void escape_unit(struct out *o, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = {'\\', 'u'};

	for (int i = 0; i < 4; i++)
		text[2 + i] = hex[unit >> (12 - 4 * i) & 0xf];
	out_write(o, text, sizeof(text));
}

static void escape(struct out *o, uint32_t cp)
{
	static const char letters[128] = {
		['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
		['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
	};

	if (cp < sizeof(letters) && letters[cp]) {
		out_char(o, '\\');
		out_char(o, letters[cp]);
	} else if (cp == UTF8_INVALID) {
		escape_unit(o, 0xfffd);
	} else if (cp < 0x10000) {
		escape_unit(o, cp);
	} else {
		escape_unit(o, 0xd7c0 + (cp >> 10));
		escape_unit(o, 0xdc00 + (cp & 0x3ff));
	}
}

static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void json_write_string(struct out *o, const char *s, size_t len)
{
	size_t done = 0, i = 0;

	out_char(o, '"');
	while (i < len) {
		uint32_t cp;
		size_t n;

		if (is_plain((unsigned char)s[i])) {
			i++;
			continue;
		}
		n = utf8_decode(s + i, len - i, &cp);
		if (cp == UTF8_INVALID || cp < 0x80 || utf8_unsafe(cp)) {
			out_write(o, s + done, i - done);
			escape(o, cp);
			done = i + n;
		}
		i += n;
	}
	out_write(o, s + done, len - done);
	out_char(o, '"');
}

static void new_line(struct json_writer *w)
{
	if (!w->pretty)
		return;
	out_char(w->out, '\n');
	out_repeat(w->out, ' ', INDENT * (size_t)w->depth);
}

/* Writes what separates a value or a key from what precedes it. */
static inline void separate(struct json_writer *w)
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
	/* One JSON text per line. */
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

void jw_time(struct json_writer *w, uint64_t ns)
{
	if (ns)
		jw_u64(w, ns);
	else
		jw_null(w);
}

void jw_text(struct json_writer *w, const char *json, size_t len)
{
	separate(w);
	out_write(w->out, json, len);
}

static void list(struct json_writer *w, const struct value *v)
{
	char item[VALUE_ITEM_MAX];
	const char *s;
	size_t pos = 0;

	jw_begin(w, '[');
	while ((s = v->list.next(v->list.ev, &pos, item)))
		jw_str(w, s);
	jw_end(w, ']');
}

void jw_value(struct json_writer *w, const struct value *v)
{
	if (v->type == VALUE_LIST) {
		list(w, v);
		return;
	}
	separate(w);
	switch (v->type) {
	case VALUE_NONE:
		out_write(w->out, "null", 4);
		break;
	case VALUE_INT:
		out_s64(w->out, v->i);
		break;
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_TIME:
		out_u64(w->out, v->u);
		break;
	case VALUE_BOOL:
		out_str(w->out, v->b ? "true" : "false");
		break;
	case VALUE_STR:
		json_write_string(w->out, v->s, strlen(v->s));
		break;
	case VALUE_LIST:
		break;
	}
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
	jw_time(w, ns);
}

void jw_key_bool(struct json_writer *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}
