/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of record_format.c, as its writer and record_read.c walk them. */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_KEYS_H
#define CAPTRACE_CORE_OUTPUT_RECORD_KEYS_H

#include "core/output/record_format.h"

enum record_key_type {
	KEY_TIME, /* uint64_t; 0, unknown, is null */
	KEY_U64,
	KEY_S64,
	KEY_I32, /* not negative */
	KEY_BOOL,
	KEY_STR,     /* const char *; NULL is null */
	KEY_CHARS,   /* char[] */
	KEY_S64S,    /* uint64_t[], as signed numbers */
	KEY_FIELDS,  /* FIELD() bits, as names */
	KEY_STRINGS, /* char *const *, ends with NULL */
	KEY_PIDS,    /* const pid_t *; `with` is their number, a size_t */
	KEY_OBJECT,  /* `keys` */
};

struct record_key {
	const char *key; /* NULL: the end of the table */
	enum record_key_type type;
	size_t at, size; /* of the member */
	bool required;
	/* The member without which (all of it zero) there is no such key; a bool is set by reading one. */
	struct {
		size_t at, size; /* size 0: the key is always there */
	} with;
	const struct record_key *keys;
};

struct record_type_desc {
	const char *name;
	const struct record_key *keys; /* NULL: the columns */
};

extern const struct record_type_desc record_types[RECORD_TYPES];

#endif
