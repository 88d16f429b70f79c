// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compat/layout/btf_types.h"
#include "compat/layout/elf_section.h"
#include "compat/layout/layout_dwarf.h"
#include "compat/layout/layout_members.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

const struct layout_member layout_members[LAYOUT_FIELDS] = {
	[LAYOUT_CRED_UID] = {"cred", "uid", NULL},
	[LAYOUT_CRED_GID] = {"cred", "gid", NULL},
	[LAYOUT_CRED_EUID] = {"cred", "euid", NULL},
	[LAYOUT_CRED_SUID] = {"cred", "suid", NULL},
	[LAYOUT_CRED_SGID] = {"cred", "sgid", NULL},
	[LAYOUT_CRED_EGID] = {"cred", "egid", NULL},
	[LAYOUT_CRED_FSUID] = {"cred", "fsuid", NULL},
	[LAYOUT_CRED_FSGID] = {"cred", "fsgid", NULL},
	[LAYOUT_CRED_SECUREBITS] = {"cred", "securebits", NULL},
	[LAYOUT_CRED_PERMITTED] = {"cred", "cap_permitted", NULL},
	[LAYOUT_CRED_CAPS] = {"cred", "cap_effective", NULL},
	[LAYOUT_CRED_NS] = {"cred", "user_ns", NULL},
	[LAYOUT_NS_PARENT] = {"user_namespace", "parent", NULL},
	[LAYOUT_NS_LEVEL] = {"user_namespace", "level", NULL},
	[LAYOUT_NS_OWNER] = {"user_namespace", "owner", NULL},
	/* 435d5f4bb2cc (3.19) */
	[LAYOUT_NS_INUM] = {"user_namespace", "ns.inum", "proc_inum"},
	[LAYOUT_TASK_TID] = {"task_struct", "pid", NULL},
	[LAYOUT_TASK_TGID] = {"task_struct", "tgid", NULL},
	[LAYOUT_TASK_CRED] = {"task_struct", "cred", NULL},
	[LAYOUT_TASK_COMM] = {"task_struct", "comm", NULL},
	[LAYOUT_TASK_STACK] = {"task_struct", "stack", NULL},
	/*
	 * In thread_struct from b9d989c7218a (4.9) to 37a8f7c38339 (4.16); before that at the lower
	 * end of the stack.
	 */
	[LAYOUT_TASK_STATUS] = {"task_struct", "thread_info.status", "thread.status"},
	[LAYOUT_STACK_STATUS] = {"thread_info", "status", NULL},
	[LAYOUT_TASK_NSPROXY] = {"task_struct", "nsproxy", NULL},
	[LAYOUT_TASK_CGROUPS] = {"task_struct", "cgroups", NULL},
	[LAYOUT_NSPROXY_MNT] = {"nsproxy", "mnt_ns", NULL},
	[LAYOUT_MNT_INUM] = {"mnt_namespace", "ns.inum", "proc_inum"},
	[LAYOUT_CSET_CGROUP] = {"css_set", "dfl_cgrp", NULL},
	[LAYOUT_CGROUP_KN] = {"cgroup", "kn", NULL},
	[LAYOUT_KN_ID] = {"kernfs_node", "id", NULL},
	[LAYOUT_KN_INO] = {"kernfs_node", "ino", NULL},
	[LAYOUT_CGROUP_DENTRY] = {"cgroup", "dentry", NULL},
	[LAYOUT_DENTRY_INODE] = {"dentry", "d_inode", NULL},
	[LAYOUT_INODE_INO] = {"inode", "i_ino", NULL},
	[LAYOUT_CGROUP_ROOT] = {"cgroup", "root", NULL},
	[LAYOUT_ROOT_HIERARCHY] = {"cgroup_root", "hierarchy_id", NULL},
	[LAYOUT_CSET_SUBSYS] = {"css_set", "subsys", NULL},
	[LAYOUT_CSS_CGROUP] = {"cgroup_subsys_state", "cgroup", NULL},
	[LAYOUT_CSET_LINKS] = {"css_set", "cgrp_links", NULL},
	[LAYOUT_LINK_CGROUP] = {"cgrp_cset_link", "cgrp", NULL},
	[LAYOUT_LINK_ENTRY] = {"cgrp_cset_link", "cgrp_link", NULL},
	[LAYOUT_RQ_CURR] = {"rq", "curr", NULL},
	[LAYOUT_TASK_FLAGS] = {"task_struct", "flags", NULL},
	[LAYOUT_TASK_PARENT] = {"task_struct", "real_parent", NULL},
	[LAYOUT_TASK_FS] = {"task_struct", "fs", NULL},
	[LAYOUT_TASK_MM] = {"task_struct", "mm", NULL},
	[LAYOUT_FS_ROOT_MNT] = {"fs_struct", "root.mnt", NULL},
	[LAYOUT_FS_ROOT_DENTRY] = {"fs_struct", "root.dentry", NULL},
	[LAYOUT_MM_EXE] = {"mm_struct", "exe_file", NULL},
	[LAYOUT_FILE_DENTRY] = {"file", "f_path.dentry", NULL},
	[LAYOUT_DENTRY_NAME] = {"dentry", "d_name.name", NULL},
	[LAYOUT_CGROUP_SELF] = {"cgroup", "self", NULL},
	[LAYOUT_CGROUP_PARENT] = {"cgroup", "self.parent", NULL},
	[LAYOUT_CGROUP_LEVEL] = {"cgroup", "level", NULL},
};

void layout_init(struct layout *l)
{
	l->origin = LAYOUT_UNKNOWN;
	for (int f = 0; f < LAYOUT_FIELDS; f++)
		l->at[f] = LAYOUT_ABSENT;
}

const char *layout_field_name(enum layout_field f)
{
	static const char *const names[LAYOUT_FIELDS] = {
		[LAYOUT_CRED_UID] = "cred.uid",
		[LAYOUT_CRED_GID] = "cred.gid",
		[LAYOUT_CRED_EUID] = "cred.euid",
		[LAYOUT_CRED_SUID] = "cred.suid",
		[LAYOUT_CRED_SGID] = "cred.sgid",
		[LAYOUT_CRED_EGID] = "cred.egid",
		[LAYOUT_CRED_FSUID] = "cred.fsuid",
		[LAYOUT_CRED_FSGID] = "cred.fsgid",
		[LAYOUT_CRED_SECUREBITS] = "cred.securebits",
		[LAYOUT_CRED_PERMITTED] = "cred.cap_permitted",
		[LAYOUT_CRED_CAPS] = "cred.cap_effective",
		[LAYOUT_CRED_NS] = "cred.user_ns",
		[LAYOUT_NS_PARENT] = "user_namespace.parent",
		[LAYOUT_NS_LEVEL] = "user_namespace.level",
		[LAYOUT_NS_OWNER] = "user_namespace.owner",
		[LAYOUT_NS_INUM] = "user_namespace.ns.inum",
		[LAYOUT_TASK_TID] = "task_struct.pid",
		[LAYOUT_TASK_TGID] = "task_struct.tgid",
		[LAYOUT_TASK_CRED] = "task_struct.cred",
		[LAYOUT_TASK_COMM] = "task_struct.comm",
		[LAYOUT_TASK_STACK] = "task_struct.stack",
		[LAYOUT_TASK_STATUS] = "task_struct.thread_info.status",
		[LAYOUT_TASK_NSPROXY] = "task_struct.nsproxy",
		[LAYOUT_TASK_CGROUPS] = "task_struct.cgroups",
		[LAYOUT_NSPROXY_MNT] = "nsproxy.mnt_ns",
		[LAYOUT_MNT_INUM] = "mnt_namespace.ns.inum",
		[LAYOUT_CSET_CGROUP] = "css_set.dfl_cgrp",
		[LAYOUT_CGROUP_KN] = "cgroup.kn",
		[LAYOUT_KN_ID] = "kernfs_node.id",
		[LAYOUT_KN_INO] = "kernfs_node.ino",
		[LAYOUT_CGROUP_DENTRY] = "cgroup.dentry",
		[LAYOUT_DENTRY_INODE] = "dentry.d_inode",
		[LAYOUT_INODE_INO] = "inode.i_ino",
		[LAYOUT_RQ_CURR] = "rq.curr",
		[LAYOUT_STACK_REGS] = "saved registers on the stack",
		[LAYOUT_STACK_STATUS] = "thread_info.status on the stack",
		[LAYOUT_TASK_FLAGS] = "task_struct.flags",
		[LAYOUT_TASK_PARENT] = "task_struct.real_parent",
		[LAYOUT_TASK_FS] = "task_struct.fs",
		[LAYOUT_TASK_MM] = "task_struct.mm",
		[LAYOUT_FS_ROOT_MNT] = "fs_struct.root.mnt",
		[LAYOUT_FS_ROOT_DENTRY] = "fs_struct.root.dentry",
		[LAYOUT_MM_EXE] = "mm_struct.exe_file",
		[LAYOUT_FILE_DENTRY] = "file.f_path.dentry",
		[LAYOUT_DENTRY_NAME] = "dentry.d_name.name",
		[LAYOUT_CGROUP_SELF] = "cgroup.self",
		[LAYOUT_CGROUP_PARENT] = "cgroup.self.parent",
		[LAYOUT_CGROUP_LEVEL] = "cgroup.level",
		[LAYOUT_CGROUP_ROOT] = "cgroup.root",
		[LAYOUT_ROOT_HIERARCHY] = "cgroup_root.hierarchy_id",
		[LAYOUT_CSET_SUBSYS] = "css_set.subsys",
		[LAYOUT_CSS_CGROUP] = "cgroup_subsys_state.cgroup",
		[LAYOUT_CSET_LINKS] = "css_set.cgrp_links",
		[LAYOUT_LINK_CGROUP] = "cgrp_cset_link.cgrp",
		[LAYOUT_LINK_ENTRY] = "cgrp_cset_link.cgrp_link",
	};

	return (unsigned int)f < LAYOUT_FIELDS ? names[f] : NULL;
}

const char *layout_origin_name(enum layout_origin s)
{
	switch (s) {
	case LAYOUT_BTF:
		return "the kernel's BTF";
	case LAYOUT_FILE_BTF:
		return "BTF from --btf";
	case LAYOUT_FILE_DWARF:
		return "DWARF from --btf";
	case LAYOUT_DISCOVERED:
		return "discovered at run time";
	case LAYOUT_UNKNOWN:
		break;
	}
	return "unknown";
}

void layout_log(const struct layout *l)
{
	for (int f = 0; layout_is_discovered((enum layout_field)f); f++)
		log_debug("layout: %s: %d", layout_field_name((enum layout_field)f), l->at[f]);
}

static void from_btf(struct layout *l, const struct btf_types *t)
{
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
}

static int load(struct layout *l, const char *path, struct err *e)
{
	struct btf_types *t;
	int rc;

	layout_init(l);
	rc = btf_types_load(&t, path ? path : BTF_KERNEL, e);
	if (rc == -ENODATA && path && elf_is(path)) {
		rc = layout_from_dwarf(l, path, e);
		if (!rc)
			l->origin = LAYOUT_FILE_DWARF;
		return rc;
	}
	if (rc)
		return rc;
	from_btf(l, t);
	btf_types_free(t);
	l->origin = path ? LAYOUT_FILE_BTF : LAYOUT_BTF;
	/* Any BTF parses; only a kernel's has this. */
	if (!layout_has(l, LAYOUT_CRED_CAPS) || !layout_has(l, LAYOUT_TASK_TID))
		return err_set(e, -ENODATA, "%s: not the BTF of a kernel",
			       path ? path : BTF_KERNEL);
	return 0;
}

int layout_load(struct layout *l, const char *path, struct err *e)
{
	int rc = load(l, path, e);

	/* The structure doesn't say where it is kept: on the stack only if not in the task. */
	if (layout_has(l, LAYOUT_TASK_STATUS))
		l->at[LAYOUT_STACK_STATUS] = LAYOUT_ABSENT;
	return rc;
}

bool layout_discovery_forced(void)
{
	const char *v = getenv("CAPTRACE_LAYOUT");

	return v && !strcmp(v, "discover");
}
