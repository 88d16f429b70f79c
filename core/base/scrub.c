// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/scrub.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"

#define PAGE_BITS 12 /* lower bits are the same at each boot, or reveal only a place in one page */

/* The lowest address that a 32-bit kernel can be configured to start at (VMSPLIT_1G). */
#define NARROW_LOWEST 0x40000000U

#define WIDE_DIGITS   16
#define NARROW_DIGITS 8

/*
 * Room for a token. scrub_line() relies on a token being at most twice as long as the number that
 * it replaces, which has 8 characters or more.
 */
#define TOKEN_MAX 16

/*
 * Not getrandom(), which came with 3.17 and waits for entropy: a machine without devices may never
 * have enough.
 */
static int make_key(struct scrub *s, struct err *e)
{
	cleanup_fclose FILE *f = fopen("/dev/urandom", "re");

	if (!f || fread(s->key, sizeof(s->key), 1, f) != 1)
		return err_set(e, f ? -EIO : -errno, "no random numbers from /dev/urandom");
	return 0;
}

int scrub_init(struct scrub *s, unsigned int flags, struct err *e)
{
	*s = (struct scrub){
		.narrow = flags & SCRUB_NARROW,
		.has_gap = flags & SCRUB_GAP,
	};
	return make_key(s, e);
}

bool scrub_is_address(const struct scrub *s, uint64_t v)
{
	if (s->narrow)
		return v >= NARROW_LOWEST && v < UINT32_MAX - 4094;
	if (v > UINT64_MAX - 4095)
		return false;
	if (s->has_gap && v >> 32 == UINT32_MAX && !(v >> 31 & 1))
		return false;
	/* The second form has a tag in its top byte (arm64). */
	return v >> 52 == 0xfff || (v >> 60 == 0xf && (v >> 48 & 0xff) == 0xff);
}

static uint64_t rotate(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static void mix(uint64_t v[4], int rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32) + v[3];
		v[2] += v[1];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

/*
 * SipHash-2-4 (Aumasson, Bernstein 2012) of 8 bytes: without the key, nobody can find @m by trying.
 */
static uint64_t hash(const struct scrub *s, uint64_t m)
{
	uint64_t v[4] = {
		s->key[0] ^ 0x736f6d6570736575,
		s->key[1] ^ 0x646f72616e646f6d,
		s->key[0] ^ 0x6c7967656e657261,
		s->key[1] ^ 0x7465646279746573,
	};
	const uint64_t end = UINT64_C(8) << 56;

	v[3] ^= m;
	mix(v, 2);
	v[0] ^= m;
	v[3] ^= end;
	mix(v, 2);
	v[0] ^= end;
	v[2] ^= 0xff;
	mix(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static int token(const struct scrub *s, uint64_t v, char *to)
{
	return snprintf(to, TOKEN_MAX, "P%08x_%03x", (unsigned int)hash(s, v >> PAGE_BITS),
			(unsigned int)(v & ((1U << PAGE_BITS) - 1)));
}

static uint64_t number(const char *digits, size_t len, int base)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%.*s", (int)len, digits);
	return strtoull(buf, NULL, base);
}

/* What suggests that digits are a hexadecimal number. */
enum {
	PREFIXED = 1, /* 0x precedes them */
	WHOLE = 2,    /* no letter or digit is next to them */
};

/*
 * Whether an address, @v, is at @p. On a 64-bit kernel it is any 16 hexadecimal digits, whatever
 * surrounds them. On a 32-bit kernel it has 8 digits, which can mean many things, so they must
 * stand alone and have "0x" before them or contain a letter.
 */
static bool address_at(const struct scrub *s, const char *p, size_t left, unsigned int marks,
		       uint64_t *v)
{
	size_t len = s->narrow ? NARROW_DIGITS : WIDE_DIGITS;

	if (left < len || (s->narrow && (!(marks & WHOLE) || left > len)))
		return false;
	*v = number(p, len, 16);
	if (s->narrow && !(marks & PREFIXED) && strcspn(p, "abcdefABCDEF") >= len)
		return false;
	return scrub_is_address(s, *v);
}

/*
 * Whether a decimal address is at @p: 20 digits, or a minus and the distance to 2^64. Returns its
 * length, or 0.
 */
static size_t decimal_at(const struct scrub *s, const char *p, bool whole, uint64_t *v)
{
	bool minus = *p == '-';
	size_t len = strspn(p + minus, "0123456789");

	if (s->narrow || !whole || len > 20 || len < (minus ? 10 : 20))
		return 0;
	*v = number(p + minus, len, 10);
	*v = minus ? -*v : *v;
	return scrub_is_address(s, *v) ? len + minus : 0;
}

/* The marks of digits at @p in @line, by what precedes them. */
static unsigned int marks_at(const char *line, const char *p)
{
	if (p - line >= 2 && p[-1] == 'x' && p[-2] == '0')
		return PREFIXED | WHOLE;
	return p == line || !isalnum((unsigned char)p[-1]) ? WHOLE : 0;
}

char *scrub_line(const struct scrub *s, const char *line)
{
	size_t len = strlen(line), digits = s->narrow ? NARROW_DIGITS : WIDE_DIGITS;
	char *to = malloc(2 * len + TOKEN_MAX + 1), *out = to;
	const char *p = line;

	while (to && *p) {
		size_t run = strspn(p, "0123456789abcdefABCDEF"), decimal;
		unsigned int marks = marks_at(line, p);
		uint64_t v;

		decimal = decimal_at(s, p, marks & WHOLE, &v);
		if (decimal) {
			out += token(s, v, out);
			p += decimal;
			continue;
		}
		if (run && isalnum((unsigned char)p[run]))
			marks &= ~(unsigned int)WHOLE;
		while (run && !address_at(s, p, run, marks, &v)) {
			marks = 0;
			*out++ = *p++;
			run--;
		}
		if (run) {
			out -= marks & PREFIXED && out - to >= 2 ? 2 : 0;
			out += token(s, v, out);
			p += digits;
		} else if (*p) {
			*out++ = *p++;
		}
	}
	if (to)
		*out = '\0';
	return to;
}
