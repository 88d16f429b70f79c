// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/member.h"

#include <stdio.h>

#include "compat/host/machine.h"
#include "ftrace/probe/hook.h"

enum fetch_type member_word(const struct hook_cfg *cfg)
{
	return cfg->machine->word == 8 ? FETCH_U64 : FETCH_U32;
}

void member_fetch(struct fetch *f, const struct hook_cfg *cfg, enum fetch_value v,
		  enum fetch_type type, enum layout_field field, const char *base)
{
	if (layout_has(cfg->layout, field))
		fetch_mem(f, v, type, cfg->layout->at[field], "%s", base);
}

void member_follow(char to[FETCH_BASE_MAX], const struct hook_cfg *cfg, enum layout_field field,
		   const char *from)
{
	char from_copy[FETCH_BASE_MAX];

	snprintf(from_copy, sizeof(from_copy), "%s", from);
	snprintf(to, FETCH_BASE_MAX, "+%d(%.100s)", cfg->layout->at[field], from_copy);
}
