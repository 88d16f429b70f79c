/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetches members of the kernel's structures. */
#ifndef CAPTRACE_FTRACE_PROBE_MEMBER_H
#define CAPTRACE_FTRACE_PROBE_MEMBER_H

#include "compat/layout/layout.h"
#include "ftrace/probe/fetch.h"

struct hook_cfg;

/* The type of a pointer or a long in the kernel. */
enum fetch_type member_word(const struct hook_cfg *cfg);

/* Fetches @field of the structure that @base points to. Does nothing if the layout lacks @field. */
void member_fetch(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
		  enum fetch_type type, enum layout_field field, const char *base);

/*
 * Writes to @to an expression for the pointer that is @field of the structure @from points to. @to
 * may be @from. The layout must have @field.
 */
void member_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg, enum layout_field field,
		   const char *from);

#endif
