/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes UTF-8 without the C library, whose locale may be missing in a static binary. */
#ifndef CAPTRACE_CORE_BASE_UTF8_H
#define CAPTRACE_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the first character of @s (@len > 0 bytes) into @cp and returns its length. If it is not
 * valid UTF-8, sets @cp to UTF8_INVALID and returns the length of the maximal subpart of an
 * ill-formed sequence (Unicode 15, 3.9, table 3-7), which one U+FFFD replaces.
 */
size_t utf8_decode(const char *s, size_t len, uint32_t *cp);

#define UTF8_INVALID UINT32_MAX

/*
 * Whether a reader could act on @cp instead of showing it: C0, DEL and C1 controls, line and
 * paragraph separators, the invisible and bidirectional format characters, noncharacters.
 */
bool utf8_unsafe(uint32_t cp);

#endif
