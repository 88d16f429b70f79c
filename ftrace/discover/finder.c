// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/finder.h"

#include <string.h>

int finder_changed(struct finder *f, const char *base, size_t from, size_t size,
		   enum reference_act act, struct err *e)
{
	struct dump_request first = {base, from, size, f->task + from},
			    second = {base, from, size, f->later + from};
	struct dump before = finder_memory(f, f->task, from + size),
		    after = finder_memory(f, f->later, from + size);
	int rc;

	memset(f->task, 0, from);
	memset(f->later, 0, from);
	rc = dump_read(f->t, REFERENCE_ASK, &first, NULL, e);
	if (!rc)
		rc = trial_do(f->t, act);
	if (!rc)
		rc = dump_read(f->t, REFERENCE_ASK, &second, NULL, e);
	return rc ? rc : dump_find_changed(&before, &after, from);
}
