/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes JSON (RFC 8259), all that captrace writes, without building a tree first. The writer takes
 * care of commas, line breaks, indentation and escapes. (JSON is read with jansson.)
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
	uint32_t filled;    /* bit n: what is open at depth n is not empty */
	bool after_key;     /* the next value belongs to a key */
};

/* @bracket is '{' or '[', and the matching '}' or ']' at the end. */
void jw_begin(struct json_writer *w, char bracket);
void jw_end(struct json_writer *w, char bracket);

void jw_key(struct json_writer *w, const char *key);

/* Values: after a key, or in an array. A NULL string is null. */
void jw_str(struct json_writer *w, const char *s);
void jw_u64(struct json_writer *w, uint64_t v);
void jw_s64(struct json_writer *w, int64_t v);
void jw_bool(struct json_writer *w, bool v);
void jw_null(struct json_writer *w);
void jw_time(struct json_writer *w, uint64_t ns);                  /* 0 (unknown) is null */
void jw_value(struct json_writer *w, const struct value *v);       /* a column's */
void jw_text(struct json_writer *w, const char *json, size_t len); /* @json is JSON already */

/* A key and its value. */
void jw_key_str(struct json_writer *w, const char *key, const char *s);
void jw_key_u64(struct json_writer *w, const char *key, uint64_t v);
void jw_key_bool(struct json_writer *w, const char *key, bool v);
void jw_key_time(struct json_writer *w, const char *key, uint64_t ns);

/*
 * Writes a quoted string that is printable throughout. Controls (C1, too) and what a YAML reader
 * would take for a line break are escaped, so the string is valid YAML as well; each maximal
 * subpart of invalid UTF-8 becomes \ufffd.
 */
void json_write_string(struct out *o, const char *s, size_t len);

#endif
