// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/util.h"
#include "core/event/column.h"

static size_t list_text(const struct value *v, char *buf, size_t size)
{
	char item[VALUE_ITEM_MAX];
	size_t pos = 0, len = 0;
	const char *s;

	while ((s = v->list.next(v->list.ev, &pos, item)))
		len += (size_t)snprintf(len < size ? buf + len : NULL, len < size ? size - len : 0,
					"%s%s", len ? "," : "", s);
	/* An empty cell would shift the fields that a script reads from a row. */
	if (!len)
		len = (size_t)snprintf(buf, size, "none");
	return len;
}

static size_t time_text(uint64_t ns, char *buf, size_t size)
{
	time_t t = (time_t)(ns / NS_PER_SEC);
	char date[32];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	return (size_t)snprintf(buf, size, "%s.%09" PRIu64 "Z", date, ns % NS_PER_SEC);
}

size_t value_text(const struct value *v, char *buf, size_t size)
{
	int n = 0;

	switch (v->type) {
	case VALUE_NONE:
		n = snprintf(buf, size, "-");
		break;
	case VALUE_INT:
		n = snprintf(buf, size, "%" PRId64, v->i);
		break;
	case VALUE_UINT:
		n = snprintf(buf, size, "%" PRIu64, v->u);
		break;
	case VALUE_HEX:
		n = snprintf(buf, size, "%" PRIx64, v->u);
		break;
	case VALUE_BOOL:
		n = snprintf(buf, size, "%s", v->b ? "true" : "false");
		break;
	case VALUE_STR:
		n = snprintf(buf, size, "%s", v->s);
		break;
	case VALUE_TIME:
		return time_text(v->u, buf, size);
	case VALUE_LIST:
		return list_text(v, buf, size);
	}
	return (size_t)n;
}

const char *value_whole(const struct value *v, char *buf, size_t size, char **big)
{
	size_t len;

	if (v->type == VALUE_STR)
		return v->s;
	len = value_text(v, buf, size);
	if (len < size)
		return buf;
	/* Only a kernel stack is that long. */
	*big = malloc(len + 1);
	if (!*big)
		return buf;
	value_text(v, *big, len + 1);
	return *big;
}
