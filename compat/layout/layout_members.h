/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that the fields of layout.h have in the kernel's source, for readers of BTF and DWARF.
 */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_MEMBERS_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_MEMBERS_H

#include "compat/layout/layout.h"

struct layout_member {
	const char *name; /* for messages: "cred.cap_effective" */
	const char *type; /* NULL: no type information has it */
	const char *member;
	const char *older; /* the member in older kernels, or NULL */
};

extern const struct layout_member layout_members[LAYOUT_FIELDS];

#endif
