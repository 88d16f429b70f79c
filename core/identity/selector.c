// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/selector.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/parse.h"
#include "core/base/util.h"

struct term {
	const char *key, *value; /* value NULL: any */
	size_t key_len, value_len;
	bool negated;
};

static void parse_term(const char *item, size_t len, struct term *t)
{
	const char *equals = memchr(item, '=', len);

	*t = (struct term){.key = item, .key_len = len};
	if (!equals) {
		t->negated = *item == '!';
		t->key += t->negated;
		t->key_len -= t->negated;
		return;
	}
	t->negated = equals > item && equals[-1] == '!';
	t->key_len = (size_t)(equals - item) - t->negated;
	t->value = equals + 1;
	if (!t->negated && t->value < item + len && *t->value == '=')
		t->value++;
	t->value_len = (size_t)(item + len - t->value);
}

int selector_check(const char *selector, struct err *e)
{
	const char *item;
	struct term t;
	size_t len;
	int rc;

	while ((rc = parse_item(&selector, &item, &len)) > 0) {
		parse_term(item, len, &t);
		if (!t.key_len)
			return err_set(e, -EINVAL, "'%.*s' has no key; write KEY=VALUE",
				       (int)MIN(len, 64u), item);
	}
	return rc ? err_set(e, rc, "empty label in the list") : 0;
}

static const char *value_of(const char *const *labels, const struct term *t)
{
	for (; labels && *labels; labels++)
		if (!strncmp(*labels, t->key, t->key_len) && (*labels)[t->key_len] == '=')
			return *labels + t->key_len + 1;
	return NULL;
}

static bool holds(const struct term *t, const char *const *labels)
{
	const char *value = value_of(labels, t);

	if (!t->value)
		return !value == t->negated;
	if (!value)
		return t->negated;
	return (strlen(value) == t->value_len && !memcmp(value, t->value, t->value_len)) !=
	       t->negated;
}

bool selector_match(const char *selector, const char *const *labels)
{
	const char *item;
	struct term t;
	size_t len;

	while (parse_item(&selector, &item, &len) > 0) {
		parse_term(item, len, &t);
		if (!holds(&t, labels))
			return false;
	}
	return true;
}
