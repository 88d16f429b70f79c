/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The column registry, one row per column. The table, JSON, YAML, `--help columns` and -F filters
 * are made from it, and a replay reads recorded checks by it. To add a column, add a row to the
 * table in column_table.c (and a field to the event, if it shows something new).
 */
#ifndef CAPTRACE_CORE_EVENT_COLUMN_H
#define CAPTRACE_CORE_EVENT_COLUMN_H

#include "core/event/event.h"

struct err;

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

/* Room for a kernel symbol (KSYM_NAME_LEN, 512 since 6.1) and its offset. */
#define VALUE_ITEM_MAX 544

struct value {
	enum value_type type;
	union {
		int64_t i;
		uint64_t u;
		bool b;
		const char *s;
		struct {
			const struct cap_event *ev;
			/*
			 * Returns the item at @pos, which starts at 0, and moves @pos on; NULL at
			 * the end. The item is in @buf (VALUE_ITEM_MAX bytes) or static.
			 */
			const char *(*next)(const struct cap_event *ev, size_t *pos, char *buf);
			/* If not 0: lists of this column with equal keys have equal items. */
			uint64_t key;
		} list;
	};
	char buf[32]; /* for short texts that `s` points to */
};

/* How struct cap_event holds the value that a column shows. */
enum member_type {
	MEMBER_NONE, /* in no member: get() makes it */
	MEMBER_U64,
	MEMBER_U32,
	MEMBER_I32,
	MEMBER_BOOL,
	MEMBER_STR,   /* a pointer to the text */
	MEMBER_CHARS, /* the text itself */
};

#define MEMBER_TYPE(m) \
	_Generic(((struct cap_event *)NULL)->m, \
		 uint64_t: MEMBER_U64,          \
		 uint32_t: MEMBER_U32,          \
		 int32_t: MEMBER_I32,           \
		 bool: MEMBER_BOOL,             \
		 const char *: MEMBER_STR,      \
		 char *: MEMBER_CHARS)

struct column {
	const char *name; /* what -o columns= and -F take, lower case */
	const char *key;  /* in JSON and YAML; NULL: only another heading for a column */
	enum value_type type;
	/*
	 * Widths in terminal cells. A text is cut to fit; a number never is: it pushes what
	 * follows.
	 */
	unsigned char min;   /* in a narrow terminal */
	unsigned char width; /* preferred */
	unsigned char max;   /* where there is room */
	uint64_t needs;      /* FIELD() bits */
	/*
	 * The value: the member at @offset of the event, or, with MEMBER_NONE, what get() returns
	 * in @v.
	 */
	enum member_type member;
	unsigned short offset;
	void (*get)(const struct cap_event *ev, struct value *v);
	/* Parses a filter's value, which may be a name, into @v; NULL: parsed by the type. */
	int (*parse)(const char *text, struct value *v, struct err *e);
	bool shown;          /* among the default columns */
	const char *alias;   /* other accepted spellings, comma-separated; or NULL */
	const char *heading; /* NULL: the name in upper case */
	const char *help;
};

/* In the order of the keys in JSON. */
extern const struct column columns[];
extern const size_t columns_len;

/* Columns that show the same under other names and headings; they have no keys. */
extern const struct column columns_extra[];
extern const size_t columns_extra_len;

/* Finds a column by name, alias, heading or key, any case; NULL if there is none. */
const struct column *column_find(const char *name, size_t len);

/* Sets @e to "unknown column", with a suggestion and the list of columns. Returns -EINVAL. */
int column_unknown(const char *name, size_t len, struct err *e);

/* The heading: @col's own, or the name in upper case in @buf. */
const char *column_heading(const struct column *col, char *buf, size_t size);

/* The value of @col in @ev; VALUE_NONE where the event doesn't have it. */
void column_get(const struct column *col, const struct cap_event *ev, struct value *v);

/*
 * The FIELD() bits that both events have and whose values differ. It compares only the members that
 * columns show.
 */
uint64_t columns_differing(const struct cap_event *a, const struct cap_event *b);

/* Parses @text as a value of @col's type (a list: as a text). @v borrows @text. -EINVAL with @e. */
int column_parse(const struct column *col, const char *text, struct value *v, struct err *e);

/*
 * Writes @v as text into @buf, as columns show it and filters compare it (unescaped; a VALUE_STR is
 * any bytes). Returns the length of the whole text, as snprintf() does.
 */
size_t value_text(const struct value *v, char *buf, size_t size);

/*
 * The whole text as a string, however long: @v's own, in @buf, or allocated in *@big, which the
 * caller frees. If memory runs out, the text is cut.
 */
const char *value_whole(const struct value *v, char *buf, size_t size, char **big);

#endif
