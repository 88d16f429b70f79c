// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/json.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/event/column.h"
#include "core/output/out.h"

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

static void list(struct out *o, const struct value *v, int indent)
{
	char item[VALUE_ITEM_MAX];
	const char *s;
	size_t pos = 0, n;

	out_char(o, '[');
	for (n = 0; (s = v->list.next(v->list.ev, &pos, item)); n++) {
		if (n)
			out_char(o, ',');
		if (indent >= 0) {
			out_char(o, '\n');
			out_repeat(o, ' ', (size_t)indent + 2);
		}
		json_write_string(o, s, strlen(s));
	}
	if (n && indent >= 0) {
		out_char(o, '\n');
		out_repeat(o, ' ', (size_t)indent);
	}
	out_char(o, ']');
}

void json_write_value(struct out *o, const struct value *v, int indent)
{
	switch (v->type) {
	case VALUE_NONE:
		out_write(o, "null", 4);
		break;
	case VALUE_INT:
		out_s64(o, v->i);
		break;
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_TIME:
		out_u64(o, v->u);
		break;
	case VALUE_BOOL:
		out_str(o, v->b ? "true" : "false");
		break;
	case VALUE_STR:
		json_write_string(o, v->s, strlen(v->s));
		break;
	case VALUE_LIST:
		list(o, v, indent);
		break;
	}
}
