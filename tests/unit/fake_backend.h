/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two variants of a backend that does as the test says: core is tested without a real one. */
#ifndef CAPTRACE_TESTS_UNIT_FAKE_BACKEND_H
#define CAPTRACE_TESTS_UNIT_FAKE_BACKEND_H

#include "core/backend.h"

extern const struct backend_ops *const fake_backends[];

/* What opening the variants "one" and "two" returns, with "no NAME" as the reason. */
extern int fake_open_result[2];

/* How many are open. */
extern int fake_opened;

#endif
