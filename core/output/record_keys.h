/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of keys in record_format.c, for the writer there and the reader in record_read.c. */
#ifndef CAPTRACE_CORE_OUTPUT_RECORD_KEYS_H
#define CAPTRACE_CORE_OUTPUT_RECORD_KEYS_H

#include "core/output/record_format.h"

enum record_key_type {
	KEY_TIME, /* uint64_t; 0 (unknown) is null */
	KEY_U64,
	KEY_S64,
	KEY_I32, /* not negative */
	KEY_BOOL,
	KEY_STR,     /* const char *; NULL is null */
	KEY_CHARS,   /* char[] */
	KEY_S64S,    /* uint64_t[], as signed numbers */
	KEY_FIELDS,  /* FIELD() bits, as names */
	KEY_STRINGS, /* char *const *, NULL-terminated */
	KEY_PIDS,    /* const pid_t *; `with` is their count, a size_t */
	KEY_OBJECT,  /* `keys` */
};

struct record_key {
	const char *key; /* NULL: the end of the table */
	enum record_key_type type;
	size_t at, size; /* of the member */
	bool required;
	/*
	 * If all bytes of this member are 0, the key is not written. If it is a bool, reading the
	 * key sets it.
	 */
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
