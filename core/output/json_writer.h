/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way JSON (RFC 8259) is written: as it goes, without a tree in between. Commas, line breaks,
 * indentation and escapes are the writer's. What reads JSON is jansson.
 */
#ifndef CAPTRACE_CORE_OUTPUT_JSON_WRITER_H
#define CAPTRACE_CORE_OUTPUT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;
struct value;

struct json_writer {
	struct out *out;
	bool pretty;
	unsigned int depth; /* open objects and arrays; at most 31 */
	uint32_t filled;    /* bit n: there is something at depth n */
	bool after_key;     /* the next value stands behind its key */
};

/* @bracket is '{' or '['; each is closed by its own '}' or ']'. */
void jw_begin(struct json_writer *w, char bracket);
void jw_end(struct json_writer *w, char bracket);

void jw_key(struct json_writer *w, const char *key);

/* Values: after a key, or in an array. A NULL string is null. */
void jw_str(struct json_writer *w, const char *s);
void jw_u64(struct json_writer *w, uint64_t v);
void jw_s64(struct json_writer *w, int64_t v);
void jw_bool(struct json_writer *w, bool v);
void jw_null(struct json_writer *w);
void jw_time(struct json_writer *w, uint64_t ns);                  /* 0, unknown, is null */
void jw_value(struct json_writer *w, const struct value *v);       /* a column's */
void jw_text(struct json_writer *w, const char *json, size_t len); /* JSON already */

/* A key and its value. */
void jw_key_str(struct json_writer *w, const char *key, const char *s);
void jw_key_u64(struct json_writer *w, const char *key, uint64_t v);
void jw_key_bool(struct json_writer *w, const char *key, bool v);
void jw_key_time(struct json_writer *w, const char *key, uint64_t ns);

/*
 * A quoted string, all of it printable. Controls (C1 too) and what a YAML reader would take for a
 * line break are escaped, so that it is a YAML string as well; each maximal subpart of invalid
 * UTF-8 becomes \ufffd.
 */
void json_write_string(struct out *o, const char *s, size_t len);

#endif
