/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses numbers and lists that users type: to the last character, whatever the locale is. */
#ifndef CAPTRACE_CORE_BASE_PARSE_H
#define CAPTRACE_CORE_BASE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decimal, or hexadecimal with 0x. Returns 0, -EINVAL if @s is not such a number, or -ERANGE if it
 * is greater than @max.
 */
int parse_u64(const char *s, uint64_t max, uint64_t *v);

/* The same with an optional minus sign. */
int parse_s64(const char *s, int64_t *v);

/*
 * Seconds with an optional fraction ("1.5"), as ns; digits past the ninth are ignored. @max: in ns.
 */
int parse_seconds(const char *s, uint64_t max, uint64_t *ns);

/* Bytes with an optional K, M or G (1024-based); up to @max. */
int parse_size(const char *s, uint64_t max, uint64_t *bytes);

/* RFC 3339 ("2023-02-22T15:06:08.7Z", "…+01:00") as Unix time in ns. */
int parse_time(const char *s, uint64_t *ns);

/*
 * Takes the next item of a comma-separated list: sets @item and @len, and moves @list past the item
 * and its comma. Returns 1; 0 at the end of the list; -EINVAL for an empty item. Start with @list
 * at the text; the function sets it to NULL after the last item.
 */
int parse_item(const char **list, const char **item, size_t *len);

/* The most items that @list can have. */
size_t parse_count(const char *list);

#endif
