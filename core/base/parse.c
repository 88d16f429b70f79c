// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/parse.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/util.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 99;
}

/* Reads digits of @base at *@s and moves *@s past them. */
static int digits(const char **s, unsigned int base, uint64_t max, uint64_t *v)
{
	const char *p = *s;
	int rc = 0;

	for (*v = 0; digit_of(*p) < (int)base; p++) {
		uint64_t d = (uint64_t)digit_of(*p);

		if (d > max || *v > (max - d) / base)
			rc = -ERANGE;
		else
			*v = *v * base + d;
	}
	if (p == *s)
		return -EINVAL;
	*s = p;
	return rc;
}

int parse_u64(const char *s, uint64_t max, uint64_t *v)
{
	unsigned int base = 10;
	int rc;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	rc = digits(&s, base, max, v);
	return *s ? -EINVAL : rc;
}

int parse_s64(const char *s, int64_t *v)
{
	bool minus = *s == '-';
	uint64_t u;
	int rc;

	rc = parse_u64(s + minus, (uint64_t)INT64_MAX, &u);
	if (!rc)
		*v = minus ? -(int64_t)u : (int64_t)u;
	return rc;
}

/* Reads the digits after a decimal point, as ns. */
static int fraction(const char **s, uint64_t *ns)
{
	const char *start = *s;
	uint64_t unit = NS_PER_SEC;

	for (*ns = 0; **s >= '0' && **s <= '9'; (*s)++) {
		unit /= 10;
		*ns += (uint64_t)(**s - '0') * unit;
	}
	return *s == start ? -EINVAL : 0;
}

int parse_seconds(const char *s, uint64_t max, uint64_t *ns)
{
	uint64_t sec = 0, frac = 0;
	int rc = 0;

	if (*s != '.')
		rc = digits(&s, 10, max / NS_PER_SEC, &sec);
	if (rc == -EINVAL)
		return rc;
	if (*s == '.') {
		s++;
		if (fraction(&s, &frac))
			return -EINVAL;
	}
	if (*s)
		return -EINVAL;
	if (rc || frac > max - sec * NS_PER_SEC)
		return -ERANGE;
	*ns = sec * NS_PER_SEC + frac;
	return 0;
}

int parse_size(const char *s, uint64_t max, uint64_t *bytes)
{
	static const char units[] = "KMG";
	unsigned int shift = 0;
	const char *unit;
	int rc;

	rc = digits(&s, 10, max, bytes);
	if (rc == -EINVAL)
		return rc;
	unit = *s ? strchr(units, toupper((unsigned char)*s)) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		s++;
	}
	if (*s)
		return -EINVAL;
	if (rc || *bytes > max >> shift)
		return -ERANGE;
	*bytes <<= shift;
	return 0;
}

/* Reads "Z" or "+01:00" at @s. @ahead: seconds by which local time is ahead of UTC. */
static int zone(const char *s, int *ahead)
{
	unsigned int h, m;
	char sign, end;

	*ahead = 0;
	if ((*s == 'Z' || *s == 'z') && !s[1])
		return 0;
	if (strspn(s + !!*s, "0123456789:") != 5 ||
	    sscanf(s, "%c%2u:%2u%c", &sign, &h, &m, &end) != 3 || h > 23 || m > 59)
		return -EINVAL;
	if (sign != '+' && sign != '-')
		return -EINVAL;
	*ahead = (int)(h * 3600 + m * 60) * (sign == '+' ? 1 : -1);
	return 0;
}

int parse_time(const char *s, uint64_t *ns)
{
	struct tm tm = {0};
	uint64_t frac = 0;
	time_t t;
	int ahead;

	s = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!s)
		return -EINVAL;
	if (*s == '.') {
		s++;
		if (fraction(&s, &frac))
			return -EINVAL;
	}
	if (zone(s, &ahead))
		return -EINVAL;
	t = timegm(&tm) - ahead;
	if (t < 0 || (uint64_t)t > UINT64_MAX / NS_PER_SEC - 1)
		return -ERANGE;
	*ns = (uint64_t)t * NS_PER_SEC + frac;
	return 0;
}

int parse_item(const char **list, const char **item, size_t *len)
{
	const char *comma;

	if (!*list)
		return 0;
	comma = strchrnul(*list, ',');
	*item = *list;
	*len = (size_t)(comma - *list);
	*list = *comma ? comma + 1 : NULL;
	return *len ? 1 : -EINVAL;
}

size_t parse_count(const char *list)
{
	size_t n = 1;

	for (; *list; list++)
		n += *list == ',';
	return n;
}
