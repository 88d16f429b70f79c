/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings kept once each, so that names can be compared and held by their pointers. */
#ifndef CAPTRACE_INTERN_H
#define CAPTRACE_INTERN_H

#include <stddef.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *in);

/* The one copy of @s, valid until intern_free(); NULL if there is no memory. */
const char *intern_string(struct intern *in, const char *s);

#endif
