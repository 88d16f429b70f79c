/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that people type: checked to the last character, without locale. */
#ifndef CAPTRACE_CORE_BASE_PARSE_H
#define CAPTRACE_CORE_BASE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* Decimal or 0x hexadecimal. 0; -EINVAL if it is no such number; -ERANGE if it is past @max. */
int parse_u64(const char *s, uint64_t max, uint64_t *v);

/* The same with an optional minus sign. */
int parse_s64(const char *s, int64_t *v);

/* Seconds with an optional fraction ("1.5") as ns, cut at the ninth digit; up to @max ns. */
int parse_seconds(const char *s, uint64_t max, uint64_t *ns);

/* Bytes with an optional K, M or G (1024-based); up to @max. */
int parse_size(const char *s, uint64_t max, uint64_t *bytes);

/* RFC 3339 ("2023-02-22T15:06:08.7Z", "…+01:00") as Unix time in ns. */
int parse_time(const char *s, uint64_t *ns);

/*
 * The next item of a comma-separated list: sets @item and @len, moves @list past it and its comma.
 * Returns 1; 0 at the end of the list; -EINVAL for an empty item. Start with @list at the text; the
 * function sets it to NULL after the last item.
 */
int parse_item(const char **list, const char **item, size_t *len);

/* How many items that is at most. */
size_t parse_count(const char *list);

#endif
