/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --expect: compares what is needed with what is allowed to be needed. */
#ifndef CAPTRACE_CORE_ADVISE_EXPECT_H
#define CAPTRACE_CORE_ADVISE_EXPECT_H

#include "core/advise/advice.h"

#define ADVICE_TYPE    "advice"
#define ADVICE_VERSION 1

struct err;
struct expect;

/*
 * @text is a comma-separated list of capabilities ("none" for the empty list) or a file: either
 * names separated by blanks, commas or newlines, with comments from # to the end of the line, or
 * the output of `advise -o json`. -EINVAL with @e for anything else.
 */
int expect_parse(struct expect **x, const char *text, struct err *e);
void expect_free(struct expect *x);

/* The capabilities that @s needs and @x does not allow. */
uint64_t expect_excess(const struct expect *x, const struct advice_subject *s);

#endif
