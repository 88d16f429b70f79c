// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/layout_load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compat/layout/btf_types.h"
#include "compat/layout/elf_section.h"
#include "compat/layout/layout.h"
#include "compat/layout/layout_dwarf.h"
#include "compat/layout/layout_members.h"
#include "core/base/err.h"

static int from_btf(struct layout *l, const char *path, struct err *e)
{
	struct btf_types *t;
	int rc = btf_types_load(&t, path, e);

	if (rc)
		return rc;
	for (int f = 0; f < LAYOUT_FIELDS; f++) {
		const struct layout_member *m = &layout_members[f];
		int off;

		if (!m->type)
			continue;
		off = btf_types_offset(t, m->type, m->member);
		if (off < 0 && m->older)
			off = btf_types_offset(t, m->type, m->older);
		l->at[f] = off < 0 ? LAYOUT_ABSENT : off;
	}
	btf_types_free(t);
	return 0;
}

/* Sets l->origin even if it fails. */
static int load(struct layout *l, const char *path, struct err *e)
{
	int rc;

	l->origin = path ? LAYOUT_FILE_BTF : LAYOUT_BTF;
	rc = from_btf(l, path ? path : BTF_KERNEL, e);
	if (rc != -ENODATA || !path || !elf_is(path))
		return rc;
	l->origin = LAYOUT_FILE_DWARF;
	return layout_from_dwarf(l, path, e);
}

int layout_load(struct layout *l, const char *path, struct err *e)
{
	int rc;

	layout_init(l);
	rc = load(l, path, e);
	/* A file may have the types of some other program: only a kernel has these. */
	if (!rc && (!layout_has(l, LAYOUT_CRED_CAPS) || !layout_has(l, LAYOUT_TASK_TID)))
		rc = err_set(e, -ENODATA, "%s: its %s is not that of a kernel",
			     path ? path : BTF_KERNEL,
			     l->origin == LAYOUT_FILE_DWARF ? "DWARF" : "BTF");
	if (rc) {
		layout_init(l);
		return rc;
	}
	/*
	 * Types don't say where a thread_info is: it is on the stack only if it is not in the task.
	 */
	if (layout_has(l, LAYOUT_TASK_STATUS))
		l->at[LAYOUT_STACK_STATUS] = LAYOUT_ABSENT;
	return 0;
}

bool layout_discovery_forced(void)
{
	const char *v = getenv("CAPTRACE_LAYOUT");

	return v && !strcmp(v, "discover");
}
