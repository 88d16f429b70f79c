/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps one copy of each string, so that names can be stored and compared as pointers. */
#ifndef CAPTRACE_CORE_BASE_INTERN_H
#define CAPTRACE_CORE_BASE_INTERN_H

#include <stddef.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *in);

/* The one copy of @s, valid until intern_free(); NULL if there is no memory. */
const char *intern_string(struct intern *in, const char *s);

/*
 * The same as a number: strings are numbered from 0 in the order in which they first came. -ENOMEM.
 */
int intern_number(struct intern *in, const char *s);

#endif
