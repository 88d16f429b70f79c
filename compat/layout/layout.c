// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/layout.h"

#include <stddef.h>

#include "compat/layout/layout_members.h"
#include "core/base/log.h"

#define MEMBER_OLDER(type, member, older)            \
	{                                            \
		type "." member, type, member, older \
	}
#define MEMBER(type, member) MEMBER_OLDER(type, member, NULL)

const struct layout_member layout_members[LAYOUT_FIELDS] = {
	[LAYOUT_CRED_UID] = MEMBER("cred", "uid"),
	[LAYOUT_CRED_GID] = MEMBER("cred", "gid"),
	[LAYOUT_CRED_EUID] = MEMBER("cred", "euid"),
	[LAYOUT_CRED_SUID] = MEMBER("cred", "suid"),
	[LAYOUT_CRED_SGID] = MEMBER("cred", "sgid"),
	[LAYOUT_CRED_EGID] = MEMBER("cred", "egid"),
	[LAYOUT_CRED_FSUID] = MEMBER("cred", "fsuid"),
	[LAYOUT_CRED_FSGID] = MEMBER("cred", "fsgid"),
	[LAYOUT_CRED_SECUREBITS] = MEMBER("cred", "securebits"),
	[LAYOUT_CRED_PERMITTED] = MEMBER("cred", "cap_permitted"),
	[LAYOUT_CRED_CAPS] = MEMBER("cred", "cap_effective"),
	[LAYOUT_CRED_NS] = MEMBER("cred", "user_ns"),
	[LAYOUT_NS_PARENT] = MEMBER("user_namespace", "parent"),
	[LAYOUT_NS_LEVEL] = MEMBER("user_namespace", "level"),
	[LAYOUT_NS_OWNER] = MEMBER("user_namespace", "owner"),
	/* 435d5f4bb2cc (3.19) */
	[LAYOUT_NS_INUM] = MEMBER_OLDER("user_namespace", "ns.inum", "proc_inum"),
	[LAYOUT_TASK_TID] = MEMBER("task_struct", "pid"),
	[LAYOUT_TASK_TGID] = MEMBER("task_struct", "tgid"),
	[LAYOUT_TASK_CRED] = MEMBER("task_struct", "cred"),
	[LAYOUT_TASK_COMM] = MEMBER("task_struct", "comm"),
	[LAYOUT_TASK_STACK] = MEMBER("task_struct", "stack"),
	/*
	 * In thread_struct from b9d989c7218a (4.9) to 37a8f7c38339 (4.16); before that in the
	 * thread_info at the lower end of the stack.
	 */
	[LAYOUT_TASK_STATUS] = MEMBER_OLDER("task_struct", "thread_info.status", "thread.status"),
	[LAYOUT_STACK_STATUS] = {"thread_info.status on the stack", "thread_info", "status", NULL},
	[LAYOUT_STACK_REGS] = {"saved registers on the stack", NULL, NULL, NULL},
	[LAYOUT_TASK_NSPROXY] = MEMBER("task_struct", "nsproxy"),
	[LAYOUT_TASK_CGROUPS] = MEMBER("task_struct", "cgroups"),
	[LAYOUT_NSPROXY_MNT] = MEMBER("nsproxy", "mnt_ns"),
	[LAYOUT_MNT_INUM] = MEMBER_OLDER("mnt_namespace", "ns.inum", "proc_inum"),
	[LAYOUT_CSET_CGROUP] = MEMBER("css_set", "dfl_cgrp"),
	[LAYOUT_CGROUP_KN] = MEMBER("cgroup", "kn"),
	[LAYOUT_KN_ID] = MEMBER("kernfs_node", "id"),
	[LAYOUT_KN_INO] = MEMBER("kernfs_node", "ino"),
	[LAYOUT_CGROUP_DENTRY] = MEMBER("cgroup", "dentry"),
	[LAYOUT_DENTRY_INODE] = MEMBER("dentry", "d_inode"),
	[LAYOUT_INODE_INO] = MEMBER("inode", "i_ino"),
	[LAYOUT_CGROUP_ROOT] = MEMBER("cgroup", "root"),
	[LAYOUT_ROOT_HIERARCHY] = MEMBER("cgroup_root", "hierarchy_id"),
	[LAYOUT_CSET_SUBSYS] = MEMBER("css_set", "subsys"),
	[LAYOUT_CSS_CGROUP] = MEMBER("cgroup_subsys_state", "cgroup"),
	[LAYOUT_CSET_LINKS] = MEMBER("css_set", "cgrp_links"),
	[LAYOUT_LINK_CGROUP] = MEMBER("cgrp_cset_link", "cgrp"),
	[LAYOUT_LINK_ENTRY] = MEMBER("cgrp_cset_link", "cgrp_link"),
	[LAYOUT_RQ_CURR] = MEMBER("rq", "curr"),
	[LAYOUT_TASK_FLAGS] = MEMBER("task_struct", "flags"),
	[LAYOUT_TASK_PARENT] = MEMBER("task_struct", "real_parent"),
	[LAYOUT_TASK_FS] = MEMBER("task_struct", "fs"),
	[LAYOUT_TASK_MM] = MEMBER("task_struct", "mm"),
	[LAYOUT_FS_ROOT_MNT] = MEMBER("fs_struct", "root.mnt"),
	[LAYOUT_FS_ROOT_DENTRY] = MEMBER("fs_struct", "root.dentry"),
	[LAYOUT_MM_EXE] = MEMBER("mm_struct", "exe_file"),
	[LAYOUT_FILE_DENTRY] = MEMBER("file", "f_path.dentry"),
	[LAYOUT_DENTRY_NAME] = MEMBER("dentry", "d_name.name"),
	[LAYOUT_CGROUP_SELF] = MEMBER("cgroup", "self"),
	[LAYOUT_CGROUP_PARENT] = MEMBER("cgroup", "self.parent"),
	[LAYOUT_CGROUP_LEVEL] = MEMBER("cgroup", "level"),
};

void layout_init(struct layout *l)
{
	l->origin = LAYOUT_UNKNOWN;
	for (int f = 0; f < LAYOUT_FIELDS; f++)
		l->at[f] = LAYOUT_ABSENT;
}

const char *layout_field_name(enum layout_field f)
{
	return (unsigned int)f < LAYOUT_FIELDS ? layout_members[f].name : NULL;
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
