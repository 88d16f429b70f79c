// SPDX-License-Identifier: GPL-2.0-or-later
/* A strict reader of JSON by the grammar of RFC 8259, independent of the writer and of jansson. */
#include <string.h>

#include "tests/unit/helper.h"

struct reader {
	const unsigned char *p, *end;
};

static bool read_value(struct reader *r, int depth);

static bool take(struct reader *r, unsigned char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end && *r->p && strchr(" \t\r\n", *r->p))
		r->p++;
}

static bool take_word(struct reader *r, const char *word)
{
	for (; *word; word++)
		if (!take(r, (unsigned char)*word))
			return false;
	return true;
}

static size_t read_digits(struct reader *r)
{
	const unsigned char *start = r->p;

	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	return (size_t)(r->p - start);
}

static bool read_number(struct reader *r)
{
	take(r, '-');
	/* No leading zeros. */
	if (!take(r, '0') && !read_digits(r))
		return false;
	return r->p == r->end || !strchr("0123456789.eE", *r->p) || !*r->p;
}

/* -1 if they aren't four hexadecimal digits. */
static long read_hex4(struct reader *r)
{
	long v = 0;

	for (int i = 0; i < 4; i++, r->p++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *d = r->p < r->end && *r->p ? strchr(digits, *r->p) : NULL;

		if (!d)
			return -1;
		v = v * 16 + (d - digits < 16 ? d - digits : d - digits - 6);
	}
	return v;
}

static bool read_escape(struct reader *r)
{
	long unit;

	if (r->p == r->end)
		return false;
	if (*r->p != 'u')
		return *r->p && strchr("\"\\/bfnrt", *r->p++);
	r->p++;
	unit = read_hex4(r);
	if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return false;
	if (unit < 0xd800 || unit > 0xdbff)
		return true;
	if (!take_word(r, "\\u"))
		return false;
	unit = read_hex4(r);
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* One multi-byte character of UTF-8, by its code point. */
static bool read_utf8(struct reader *r)
{
	unsigned int lead = *r->p++;
	int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
	unsigned long cp = lead & (0x3fu >> more);

	if (lead < 0xc0 || lead > 0xf7)
		return false;
	for (int i = 0; i < more; i++, r->p++) {
		if (r->p == r->end || (*r->p & 0xc0) != 0x80)
			return false;
		cp = cp << 6 | (*r->p & 0x3f);
	}
	/* captrace also promises to escape C1 controls. */
	return cp >= least[more] && cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff) && cp > 0x9f;
}

static bool read_string(struct reader *r)
{
	if (!take(r, '"'))
		return false;
	while (r->p < r->end && *r->p != '"') {
		bool ok = true;

		if (*r->p == '\\') {
			r->p++;
			ok = read_escape(r);
		} else if (*r->p >= 0x80) {
			ok = read_utf8(r);
		} else {
			ok = *r->p >= 0x20 && *r->p < 0x7f;
			r->p++;
		}
		if (!ok)
			return false;
	}
	return take(r, '"');
}

static bool read_members(struct reader *r, bool object, int depth)
{
	unsigned char close = object ? '}' : ']';

	skip_blanks(r);
	if (take(r, close))
		return true;
	do {
		skip_blanks(r);
		if (object) {
			if (!read_string(r))
				return false;
			skip_blanks(r);
			if (!take(r, ':'))
				return false;
		}
		if (!read_value(r, depth))
			return false;
	} while (take(r, ','));
	return take(r, close);
}

static bool read_value(struct reader *r, int depth)
{
	bool ok = false;

	skip_blanks(r);
	if (r->p == r->end || depth > 8)
		return false;
	switch (*r->p) {
	case '{':
	case '[':
		ok = read_members(r, *r->p++ == '{', depth + 1);
		break;
	case '"':
		ok = read_string(r);
		break;
	case 't':
		ok = take_word(r, "true");
		break;
	case 'f':
		ok = take_word(r, "false");
		break;
	case 'n':
		ok = take_word(r, "null");
		break;
	default:
		ok = read_number(r);
	}
	skip_blanks(r);
	return ok;
}

bool json_valid(const char *s, size_t len)
{
	struct reader r = {(const unsigned char *)s, (const unsigned char *)s + len};

	return read_value(&r, 0) && r.p == r.end;
}
