// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/utf8.h"

#include "core/base/util.h"

/* The length of a sequence that starts with @c (0: none does), and the range of its second byte. */
static size_t lead(unsigned char c, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		if (c == 0xe0) /* no overlong forms */
			*lo = 0xa0;
		else if (c == 0xed) /* no surrogates */
			*hi = 0x9f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if (c == 0xf0)
			*lo = 0x90;
		else if (c == 0xf4) /* nothing past U+10FFFF */
			*hi = 0x8f;
		return 4;
	}
	return 0;
}

size_t utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned char lo, hi;
	uint32_t value;
	size_t want, i;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	want = lead(p[0], &lo, &hi);
	value = p[0] & (0x7f >> want);
	for (i = 1; i < want && i < len; i++) {
		if (p[i] < lo || p[i] > hi)
			break;
		value = value << 6 | (p[i] & 0x3f);
		lo = 0x80;
		hi = 0xbf;
	}
	*cp = want && i == want ? value : UTF8_INVALID;
	return i;
}

bool utf8_unsafe(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},       {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
		{0x180e, 0x180e},   {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfdd0, 0xfdef},   {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff},
		{0xe0000, 0xe007f},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return (cp & 0xfffe) == 0xfffe;
}
