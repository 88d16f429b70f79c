/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings kept once each, so that names can be compared and held by their pointers. */
#ifndef CAPTRACE_CORE_BASE_INTERN_H
#define CAPTRACE_CORE_BASE_INTERN_H

#include <stddef.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *in);

/* The one copy of @s, valid until intern_free(); NULL if there is no memory. */
const char *intern_string(struct intern *in, const char *s);

/* The same by number, from 0 on in the order of their first coming; -ENOMEM. */
int intern_number(struct intern *in, const char *s);

#endif
