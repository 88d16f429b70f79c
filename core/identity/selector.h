/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Label selectors, as kubectl takes them: comma-separated terms, all of which have to match.
 * KEY=VALUE (or ==), KEY!=VALUE, KEY, !KEY.
 */
#ifndef CAPTRACE_CORE_IDENTITY_SELECTOR_H
#define CAPTRACE_CORE_IDENTITY_SELECTOR_H

#include <stdbool.h>

struct err;

/* 0, or -EINVAL with @e saying what is wrong. */
int selector_check(const char *selector, struct err *e);

/* @labels is an array of "key=value" that ends with NULL; NULL: no labels. */
bool selector_match(const char *selector, const char *const *labels);

#endif
