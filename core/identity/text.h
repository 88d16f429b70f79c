/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of a longer string, by pointer and length. */
#ifndef CAPTRACE_CORE_IDENTITY_TEXT_H
#define CAPTRACE_CORE_IDENTITY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	const char *s; /* NULL: not there */
	size_t len;
};

/* The whole of @s; NULL: not there. */
struct text text_of(const char *s);

bool text_is(struct text t, const char *s);
bool text_starts_with(struct text t, const char *s);
bool text_ends_with(struct text t, const char *s);

#endif
