// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/cgroup_id.h"

#include "compat/host/machine.h"
#include "compat/layout/layout.h"

static bool has_kn(const struct layout *l)
{
	return layout_has(l, LAYOUT_CGROUP_KN) &&
	       (layout_has(l, LAYOUT_KN_ID) || layout_has(l, LAYOUT_KN_INO));
}

static bool has_inode(const struct layout *l)
{
	return layout_has(l, LAYOUT_CGROUP_DENTRY) && layout_has(l, LAYOUT_DENTRY_INODE) &&
	       layout_has(l, LAYOUT_INODE_INO);
}

bool cgroup_id_has(const struct layout *l)
{
	return has_kn(l) || has_inode(l);
}

void cgroup_id_fetch(struct fetch *f, enum fetch_value v, const struct layout *l,
		     const struct machine *m, const char *cgroup)
{
	bool id = layout_has(l, LAYOUT_KN_ID);

	if (has_kn(l))
		fetch_mem(f, v, id ? FETCH_U64 : FETCH_U32,
			  l->at[id ? LAYOUT_KN_ID : LAYOUT_KN_INO], "+%d(%s)",
			  l->at[LAYOUT_CGROUP_KN], cgroup);
	else if (has_inode(l))
		fetch_mem(f, v, m->word == 8 ? FETCH_U64 : FETCH_U32, l->at[LAYOUT_INODE_INO],
			  "+%d(+%d(%s))", l->at[LAYOUT_DENTRY_INODE], l->at[LAYOUT_CGROUP_DENTRY],
			  cgroup);
}
