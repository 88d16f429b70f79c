/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate: what is needed against what was expected. */
#ifndef CAPTRACE_CORE_ADVISE_EXPECT_H
#define CAPTRACE_CORE_ADVISE_EXPECT_H

#include "core/advise/advice.h"

#define ADVICE_TYPE    "advice"
#define ADVICE_VERSION 1

struct err;
struct expect;

/*
 * @text: names separated by commas ("none" for none), or a file that has them (blanks, commas or
 * lines between; # to the end of a line is a comment) or that `advise -o json` wrote. -EINVAL with
 * @e if it is none of that.
 */
int expect_parse(struct expect **x, const char *text, struct err *e);
void expect_free(struct expect *x);

/* What @s needs past what was expected of it. */
uint64_t expect_excess(const struct expect *x, const struct advice_subject *s);

#endif
