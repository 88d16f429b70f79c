/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers that unit tests share. */
#ifndef CAPTRACE_TESTS_UNIT_HELPER_H
#define CAPTRACE_TESTS_UNIT_HELPER_H

#include <stddef.h>

#include "core/event/event.h"
#include "core/sink.h"

/* Relative to the top folder, in which `make check` runs the tests. */
#define FIXTURES "tests/fixtures"

/* A check by chroot, with all fields of backends but the stack. */
void event_chroot(struct cap_event *ev);

/*
 * The output of sink @sink for one event (NULL: none) and then a loss (@lost 0: none); the caller
 * frees it. @cols is a list as in -o columns=; NULL: the default columns.
 */
char *render(const char *sink, const char *cols, unsigned int width, const struct cap_event *ev,
	     uint64_t lost);

/* Stores the columns of @list (NULL: the default ones) in @cols; their number. */
size_t find_columns(const char *list, const struct column **cols);

/* Terminal cells of a line of UTF-8 text up to its newline; -1 if the line is not printable. */
int line_cells(const char *line);

/* Whether all of @s is one JSON text (RFC 8259), by a strict parser of the tests' own. */
bool json_valid(const char *s, size_t len);

/* A pseudo-random number below @n; @state is the seed, from which all runs get the same numbers. */
uint32_t random_below(uint32_t *state, uint32_t n);

#endif
