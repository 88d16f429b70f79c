// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/cell.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "core/base/utf8.h"
#include "core/output/out.h"

/* A character or an escape, written either completely or not at all. */
struct unit {
	size_t bytes; /* in the original text */
	size_t cells;
	size_t len;
	char text[16]; /* four bytes as \xNN */
};

bool cell_locale_is_utf8(void)
{
	static const char *const vars[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *name = NULL;

	if (!strcasecmp(nl_langinfo(CODESET), "UTF-8"))
		return true;
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]) && (!name || !*name); i++)
		name = getenv(vars[i]);
	return name && (strcasestr(name, "UTF-8") || strcasestr(name, "UTF8"));
}

static void unit_raw(struct unit *u, const char *s, size_t bytes, size_t cells)
{
	memcpy(u->text, s, bytes);
	u->bytes = u->len = bytes;
	u->cells = cells;
}

static void unit_escape(struct unit *u, const char *s, size_t bytes)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = {
		['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',
		['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\',
	};
	char *p = u->text;

	for (size_t i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)s[i];

		*p++ = '\\';
		if (c < sizeof(letters) && letters[c]) {
			*p++ = letters[c];
		} else {
			*p++ = 'x';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 0xf];
		}
	}
	u->bytes = bytes;
	u->len = u->cells = (size_t)(p - u->text);
}

/* Sets @u to the unit at @i of @s. */
static void unit_next(struct unit *u, const char *s, size_t len, size_t i, bool utf8)
{
	bool edge = i == 0 || i + 1 == len;
	uint32_t cp;
	size_t bytes = utf8_decode(s + i, len - i, &cp);
	int width;

	if (cp < 0x80) {
		/* A blank at either end would look like padding. */
		if (cp < 0x20 || cp == 0x7f || cp == '\\' || (cp == ' ' && edge))
			unit_escape(u, s + i, 1);
		else
			unit_raw(u, s + i, 1, 1);
		return;
	}
	width = cp == UTF8_INVALID || utf8_unsafe(cp) || !iswprint((wint_t)cp)
			? -1
			: wcwidth((wchar_t)cp);
	if (!utf8 || width < 0)
		unit_escape(u, s + i, bytes);
	else
		unit_raw(u, s + i, bytes, (size_t)width);
}

/*
 * Walks @s up to @limit cells; writes it if @o is not NULL. Returns the number of cells; @end is
 * where it stopped.
 */
static size_t walk(struct out *o, const char *s, size_t len, size_t limit, bool utf8, size_t *end)
{
	size_t cells = 0, i = 0;
	struct unit u;

	while (i < len) {
		unit_next(&u, s, len, i, utf8);
		if (u.cells > limit - cells)
			break;
		if (o)
			out_write(o, u.text, u.len);
		cells += u.cells;
		i += u.bytes;
	}
	*end = i;
	return cells;
}

size_t cell_write(struct out *o, const char *s, size_t len, size_t limit, bool utf8)
{
	size_t cells, end;

	/* An empty cell would shift the fields that a script reads from a row. */
	if (!len) {
		s = "\"\"";
		len = 2;
	}
	walk(NULL, s, len, limit, utf8, &end);
	if (end == len)
		return walk(o, s, len, limit, utf8, &end);
	cells = walk(o, s, len, limit - 1, utf8, &end);
	out_str(o, utf8 ? "…" : "~");
	return cells + 1;
}
