// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/column.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/util.h"

static bool same(const char *candidate, const char *name, size_t len)
{
	return candidate && strlen(candidate) == len && !strncasecmp(candidate, name, len);
}

static bool has_alias(const struct column *col, const char *name, size_t len)
{
	for (const char *p = col->alias; p && *p; p += *p == ',') {
		size_t n = strcspn(p, ",");

		if (n == len && !strncasecmp(p, name, len))
			return true;
		p += n;
	}
	return false;
}

const struct column *column_find(const char *name, size_t len)
{
	for (size_t i = 0; i < columns_len; i++) {
		const struct column *col = &columns[i];

		if (same(col->name, name, len) || same(col->heading, name, len) ||
		    same(col->key, name, len) || has_alias(col, name, len))
			return col;
	}
	for (size_t i = 0; i < columns_extra_len; i++)
		if (same(columns_extra[i].name, name, len))
			return &columns_extra[i];
	return NULL;
}

int column_unknown(const char *name, size_t len, struct err *e)
{
	char all[512], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, name, len);
	for (size_t i = 0; i < columns_len; i++) {
		nearest_offer(&near, columns[i].name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", columns[i].name);
	}
	return err_set(e, -EINVAL, "unknown column '%.*s'%s (choose:%s)", (int)MIN(len, 64u), name,
		       nearest_hint(&near, hint, sizeof(hint)), all);
}

const char *column_heading(const struct column *col, char *buf, size_t size)
{
	size_t i;

	if (col->heading)
		return col->heading;
	for (i = 0; col->name[i] && i + 1 < size; i++)
		buf[i] = (char)toupper((unsigned char)col->name[i]);
	buf[i] = '\0';
	return buf;
}

static void get_member(const struct column *col, const struct cap_event *ev, struct value *v)
{
	const void *at = (const char *)ev + col->offset;

	switch (col->member) {
	case MEMBER_NONE:
		col->get(ev, v);
		break;
	case MEMBER_U64:
		v->u = *(const uint64_t *)at;
		break;
	case MEMBER_U32:
		v->u = *(const uint32_t *)at;
		break;
	case MEMBER_I32:
		v->i = *(const int32_t *)at;
		break;
	case MEMBER_BOOL:
		if (col->type == VALUE_BOOL)
			v->b = *(const bool *)at;
		else
			v->u = *(const bool *)at;
		break;
	case MEMBER_STR:
		v->s = *(const char *const *)at;
		break;
	case MEMBER_CHARS:
		v->s = at;
		break;
	}
}

void column_get(const struct column *col, const struct cap_event *ev, struct value *v)
{
	v->type = VALUE_NONE;
	if (!event_has(ev, col->needs))
		return;
	v->type = col->type;
	get_member(col, ev, v);
	if (v->type == VALUE_STR && !v->s)
		v->type = VALUE_NONE;
}

static bool value_differs(const struct column *col, const struct value *a, const struct value *b)
{
	switch (col->type) {
	case VALUE_STR:
		return strcmp(a->s, b->s) != 0;
	case VALUE_BOOL:
		return a->b != b->b;
	default:
		return a->u != b->u;
	}
}

uint64_t columns_differing(const struct cap_event *a, const struct cap_event *b)
{
	uint64_t bits = 0;
	struct value x, y;

	for (size_t i = 0; i < columns_len; i++) {
		if (!columns[i].member)
			continue;
		column_get(&columns[i], a, &x);
		column_get(&columns[i], b, &y);
		if (x.type != VALUE_NONE && y.type != VALUE_NONE &&
		    value_differs(&columns[i], &x, &y))
			bits |= columns[i].needs;
	}
	return bits;
}
