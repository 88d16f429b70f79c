/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as RFC 8259 has it, written without a tree in between. */
#ifndef CAPTRACE_JSON_H
#define CAPTRACE_JSON_H

#include <stddef.h>

struct out;
struct value;

/* A quoted string. Control characters are escaped, each invalid UTF-8 sequence becomes U+FFFD. */
void json_string(struct out *o, const char *s, size_t len);

/* @indent < 0: on one line; else lists are broken into lines at that depth. */
void json_value(struct out *o, const struct value *v, int indent);

#endif
