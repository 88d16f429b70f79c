/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What unit tests share. */
#ifndef CAPTRACE_TESTS_UNIT_HELPER_H
#define CAPTRACE_TESTS_UNIT_HELPER_H

#include <stddef.h>

#include "core/event/event.h"
#include "core/sink.h"

/* From the top folder, where `make check` runs the tests. */
#define FIXTURES "tests/fixtures"

/* The reference's chroot: every backend field but the stack. */
void event_chroot(struct cap_event *ev);

/*
 * What a sink makes of one event (NULL: none) and then of a loss (@lost 0: none): a string to free.
 * @cols is a list as -o columns= takes it; NULL: the default ones.
 */
char *render(const char *sink, const char *cols, unsigned int width, const struct cap_event *ev,
	     uint64_t lost);

/* The columns of a list; their number. */
size_t find_columns(const char *list, const struct column **cols);

/* Terminal cells of a line of UTF-8 text up to its newline; -1 if it isn't printable. */
int line_cells(const char *line);

/* Whether @s is one JSON text (RFC 8259) to the last byte: an own strict check. */
bool json_valid(const char *s, size_t len);

/* A random number below @n, from a seed that is the same in every run. */
uint32_t random_below(uint32_t *state, uint32_t n);

#endif
