// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/cgroup_v1.h"

#include <stdio.h>

#include "compat/host/machine.h"
#include "compat/layout/layout.h"
#include "ftrace/probe/cgroup_id.h"

static void wrap(char to[FETCH_BASE_MAX], int offset)
{
	char from[FETCH_BASE_MAX];

	snprintf(from, sizeof(from), "%s", to);
	snprintf(to, FETCH_BASE_MAX, "%+d(%.100s)", offset, from);
}

void cgroup_v1_follow(char to[FETCH_BASE_MAX], const struct cgroup_v1 *v1, const struct layout *l,
		      const struct machine *m, const char *cset)
{
	snprintf(to, FETCH_BASE_MAX, "%s", cset);
	if (!v1->named) {
		wrap(to, l->at[LAYOUT_CSET_SUBSYS] + v1->at * m->word);
		wrap(to, l->at[LAYOUT_CSS_CGROUP]);
		return;
	}
	wrap(to, l->at[LAYOUT_CSET_LINKS]);
	for (int i = 0; i < v1->at; i++)
		wrap(to, 0); /* list_head.next */
	wrap(to, l->at[LAYOUT_LINK_CGROUP] - l->at[LAYOUT_LINK_ENTRY]);
}

void cgroup_v1_fetch_number(struct fetch *f, enum fetch_value v, const struct layout *l,
			    const char *cgroup)
{
	fetch_mem(f, v, FETCH_S32, l->at[LAYOUT_ROOT_HIERARCHY], "+%d(%s)",
		  l->at[LAYOUT_CGROUP_ROOT], cgroup);
}

bool cgroup_v1_has(const struct cgroup_v1 *v1, const struct layout *l)
{
	if (!layout_has(l, LAYOUT_TASK_CGROUPS) || !cgroup_id_has(l) ||
	    !layout_has(l, LAYOUT_CGROUP_ROOT) || !layout_has(l, LAYOUT_ROOT_HIERARCHY))
		return false;
	/* Either of these tells whether a task is in the root. */
	if (!layout_has(l, LAYOUT_CGROUP_LEVEL) && !v1->root)
		return false;
	if (v1->named)
		return layout_has(l, LAYOUT_CSET_LINKS) && layout_has(l, LAYOUT_LINK_CGROUP) &&
		       layout_has(l, LAYOUT_LINK_ENTRY);
	return layout_has(l, LAYOUT_CSET_SUBSYS) && layout_has(l, LAYOUT_CSS_CGROUP);
}
