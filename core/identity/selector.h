/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Label selectors: comma-separated, all of them have to hold. KEY=VALUE (or ==), KEY!=VALUE, KEY,
 * !KEY, as kubectl takes them.
 */
#ifndef CAPTRACE_CORE_IDENTITY_SELECTOR_H
#define CAPTRACE_CORE_IDENTITY_SELECTOR_H

#include <stdbool.h>

struct err;

/* 0, or -EINVAL with @e saying what is wrong. */
int selector_check(const char *selector, struct err *e);

/* @labels are "key=value", up to NULL; NULL: none. */
bool selector_match(const char *selector, const char *const *labels);

#endif
