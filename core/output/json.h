/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as RFC 8259 has it, written without a tree in between. */
#ifndef CAPTRACE_CORE_OUTPUT_JSON_H
#define CAPTRACE_CORE_OUTPUT_JSON_H

#include <stddef.h>

struct out;
struct value;

/*
 * A quoted string, all of it printable. Controls (C1 too) and what a YAML reader would take for a
 * line break are escaped, so that it is a YAML string as well; each maximal subpart of invalid
 * UTF-8 becomes \ufffd.
 */
void json_write_string(struct out *o, const char *s, size_t len);

/*
 * @indent < 0: on one line; else a list is broken into lines, as on a line that is indented by
 * @indent blanks.
 */
void json_write_value(struct out *o, const struct value *v, int indent);

#endif
