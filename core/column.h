/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The column registry: one row a column. The table, JSON, YAML, `--help columns` and -F filters all
 * come from it. To add a column, add a row to the table in column.c (and a field to the event, if
 * it shows something new).
 */
#ifndef CAPTRACE_COLUMN_H
#define CAPTRACE_COLUMN_H

#include "core/event.h"

enum value_type {
	VALUE_NONE, /* absent: "-" in columns, null in JSON */
	VALUE_INT,
	VALUE_UINT,
	VALUE_HEX,  /* hexadecimal in columns, a number in JSON */
	VALUE_TIME, /* Unix ns: RFC 3339 in columns, a number in JSON */
	VALUE_BOOL,
	VALUE_STR,
	VALUE_LIST, /* comma-separated in columns, an array of strings in JSON */
};

#define VALUE_ITEM_MAX 192

struct value {
	enum value_type type;
	union {
		int64_t i;
		uint64_t u;
		bool b;
		const char *s;
		struct {
			const struct cap_event *ev;
			size_t len;
			/* Item @n, in @buf (VALUE_ITEM_MAX bytes) or static. */
			const char *(*item)(const struct cap_event *ev, size_t n, char *buf);
		} list;
	};
};

struct column {
	const char *name;    /* what -o columns= and -F take, lower case */
	const char *alias;   /* another accepted spelling, or NULL */
	const char *heading; /* NULL: the name in upper case */
	const char *key;     /* in JSON and YAML */
	enum value_type type;
	unsigned char width; /* preferred, in terminal cells */
	unsigned char min;   /* what it can shrink to; as wide as `width` where cutting would lie */
	bool shown;          /* among the default columns */
	uint64_t needs;      /* CAP_HAVE() bits */
	void (*get)(const struct cap_event *ev, struct value *v);
	const char *help;
};

/* In the order of JSON's keys. */
extern const struct column columns[];
extern const size_t columns_len;

/* Finds a column by name, alias, heading or key, any case; NULL if there is none. */
const struct column *column_find(const char *name, size_t len);

/* The value of @col in @ev; VALUE_NONE where the event doesn't have it. */
void column_get(const struct column *col, const struct cap_event *ev, struct value *v);

/*
 * Writes @v as text for people and filters into @buf (unescaped; a VALUE_STR is any bytes).
 * Returns the length that the whole text has, as snprintf does.
 */
size_t value_text(const struct value *v, char *buf, size_t size);

#endif
