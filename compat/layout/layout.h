/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The offsets of the members of kernel structures from which captrace reads the facts about a
 * check. They are for probes, whose arguments contain numeric offsets, and other readers without
 * CO-RE.
 */
#ifndef CAPTRACE_COMPAT_LAYOUT_LAYOUT_H
#define CAPTRACE_COMPAT_LAYOUT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum layout_field {
	LAYOUT_CRED_UID,
	LAYOUT_CRED_GID,
	LAYOUT_CRED_EUID,
	LAYOUT_CRED_SUID,
	LAYOUT_CRED_SGID,
	LAYOUT_CRED_EGID,
	LAYOUT_CRED_FSUID,
	LAYOUT_CRED_FSGID,
	LAYOUT_CRED_SECUREBITS,
	LAYOUT_CRED_PERMITTED,
	LAYOUT_CRED_CAPS, /* cap_effective: 8 bytes, before and after f122a08b197d (6.3) */
	LAYOUT_CRED_NS,   /* user_ns */
	LAYOUT_NS_PARENT, /* user_namespace */
	LAYOUT_NS_LEVEL,
	LAYOUT_NS_OWNER,
	LAYOUT_NS_INUM,
	LAYOUT_TASK_TID, /* task_struct.pid */
	LAYOUT_TASK_TGID,
	LAYOUT_TASK_CRED, /* cred, not real_cred */
	LAYOUT_TASK_COMM,
	LAYOUT_TASK_STACK,
	LAYOUT_TASK_STATUS, /* x86: thread_info.status or thread.status, which has TS_COMPAT */
	LAYOUT_TASK_NSPROXY,
	LAYOUT_TASK_CGROUPS,
	LAYOUT_NSPROXY_MNT,
	LAYOUT_MNT_INUM,
	LAYOUT_CSET_CGROUP, /* css_set.dfl_cgrp */
	LAYOUT_CGROUP_KN,
	LAYOUT_KN_ID,  /* kernfs_node.id, 8 bytes since 4.14 (c53cd490b1a4) */
	LAYOUT_KN_INO, /* kernfs_node.ino before that, 4 bytes */
	/* Before kernfs (3.15): from the cgroup to the inode number of its directory. */
	LAYOUT_CGROUP_DENTRY,
	LAYOUT_DENTRY_INODE,
	LAYOUT_INODE_INO,
	/* Cgroups of version 1 (ftrace/probe/cgroup_v1.c). */
	LAYOUT_CGROUP_ROOT,
	LAYOUT_ROOT_HIERARCHY, /* cgroup_root.hierarchy_id */
	LAYOUT_CSET_SUBSYS,
	LAYOUT_CSS_CGROUP,
	LAYOUT_CSET_LINKS,
	LAYOUT_LINK_CGROUP, /* cgrp_cset_link */
	LAYOUT_LINK_ENTRY,
	LAYOUT_RQ_CURR, /* rq.curr: the task that runs on the runqueue's CPU */
	/*
	 * From task_struct.stack to the saved registers. No type information has it
	 * (ftrace/discover/regs.c).
	 */
	LAYOUT_STACK_REGS,
	LAYOUT_STACK_STATUS, /* from task_struct.stack to a thread_info.status on the stack */
	/* From here on only BTF or DWARF has them: for start-up (ftrace/probe/startup_probe.c). */
	LAYOUT_TASK_FLAGS,
	LAYOUT_TASK_PARENT, /* real_parent */
	LAYOUT_TASK_FS,
	LAYOUT_TASK_MM,
	LAYOUT_FS_ROOT_MNT,
	LAYOUT_FS_ROOT_DENTRY,
	LAYOUT_MM_EXE,
	LAYOUT_FILE_DENTRY,
	LAYOUT_DENTRY_NAME,
	LAYOUT_CGROUP_SELF,
	LAYOUT_CGROUP_PARENT, /* self.parent */
	LAYOUT_CGROUP_LEVEL,
	LAYOUT_FIELDS
};

enum layout_origin {
	LAYOUT_UNKNOWN,
	LAYOUT_BTF,        /* the running kernel's */
	LAYOUT_FILE_BTF,   /* from the file of --btf */
	LAYOUT_FILE_DWARF, /* from the file of --btf */
	LAYOUT_DISCOVERED, /* at run time */
};

#define LAYOUT_ABSENT (-1)

#define INIT_USER_NS_INO 0xEFFFFFFDU /* the initial namespace's: PROC_USER_INIT_INO, since 3.8 */

struct layout {
	enum layout_origin origin;
	int32_t at[LAYOUT_FIELDS]; /* bytes, or LAYOUT_ABSENT */
};

void layout_init(struct layout *l);

static inline bool layout_has(const struct layout *l, enum layout_field f)
{
	return l->at[f] != LAYOUT_ABSENT;
}

/* Whether discovery can find it without type information. */
static inline bool layout_is_discovered(enum layout_field f)
{
	return f < LAYOUT_TASK_FLAGS;
}

/* "cred.cap_effective", for doctor and for tests. */
const char *layout_field_name(enum layout_field f);

const char *layout_origin_name(enum layout_origin s);

/* Logs, for -vv, the fields that discovery can find. */
void layout_log(const struct layout *l);

#endif
