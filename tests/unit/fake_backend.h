/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake backend with two variants that do what the test says, to test the core without a real one.
 */
#ifndef CAPTRACE_TESTS_UNIT_FAKE_BACKEND_H
#define CAPTRACE_TESTS_UNIT_FAKE_BACKEND_H

#include "core/backend.h"

extern const struct backend_ops *const fake_backends[];

/* What opening the variants "one" and "two" returns; on failure the reason is "no NAME". */
extern int fake_open_result[2];

/* How many variants are open. */
extern int fake_opened;

#endif
