/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of the kernel's structures in what a probe fetches. */
#ifndef CAPTRACE_FTRACE_PROBE_MEMBER_H
#define CAPTRACE_FTRACE_PROBE_MEMBER_H

#include "compat/layout/layout.h"
#include "ftrace/probe/fetch.h"

struct hook_cfg;

/* What holds a pointer or a long of the kernel's. */
enum fetch_type member_word(const struct hook_cfg *cfg);

/* Fetches @field of what @base points at; nothing if the layout doesn't know it. */
void member_fetch(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
		  enum fetch_type type, enum layout_field field, const char *base);

/*
 * The pointer at @field of what @from points at, as an expression in @to, which may be @from. The
 * layout has to know it.
 */
void member_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg, enum layout_field field,
		   const char *from);

#endif
