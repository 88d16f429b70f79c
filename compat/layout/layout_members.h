/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What layout.h's fields are called in the sources; for the readers of BTF and DWARF. */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_MEMBERS_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_MEMBERS_H

#include "compat/layout/layout.h"

struct layout_member {
	const char *name; /* "cred.cap_effective", in messages */
	const char *type; /* NULL: no file tells it */
	const char *member;
	const char *older; /* another name or path of it, or NULL */
};

extern const struct layout_member layout_members[LAYOUT_FIELDS];

#endif
