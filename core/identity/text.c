// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/text.h"

#include <string.h>

struct text text_of(const char *s)
{
	return (struct text){s, s ? strlen(s) : 0};
}

bool text_is(struct text t, const char *s)
{
	return t.s && strlen(s) == t.len && !memcmp(t.s, s, t.len);
}

bool text_starts_with(struct text t, const char *s)
{
	size_t len = strlen(s);

	return t.s && t.len >= len && !memcmp(t.s, s, len);
}

bool text_ends_with(struct text t, const char *s)
{
	size_t len = strlen(s);

	return t.s && t.len >= len && !memcmp(t.s + t.len - len, s, len);
}
