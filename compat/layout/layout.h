/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the members of the kernel's structures are that a capability check is about. For readers of
 * kernel memory that have no CO-RE: probe arguments are numbers.
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
	LAYOUT_CRED_CAPS, /* cap_effective; 8 bytes serve both forms (f122a08b197d, 6.3) */
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
	LAYOUT_KN_INO, /* before that kernfs_node.ino, 4 bytes */
	/* And before there is kernfs (3.15), the number of the folder's inode. */
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
	/* From task_struct.stack to the saved registers; no file tells it: ftrace/discover/regs.c. */
	LAYOUT_STACK_REGS,
	LAYOUT_STACK_STATUS, /* from task_struct.stack to thread_info.status, where that lies there */
	/* What only BTF or DWARF tells: the runtimes' start-up (ftrace/probe/startup_probe.c). */
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
	LAYOUT_CGROUP_PARENT, /* of its self */
	LAYOUT_CGROUP_LEVEL,
	LAYOUT_FIELDS
};

enum layout_origin {
	LAYOUT_UNKNOWN,
	LAYOUT_BTF,        /* of the running kernel */
	LAYOUT_FILE_BTF,   /* --btf */
	LAYOUT_FILE_DWARF, /* --btf */
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

/* Whether it is looked for where no file tells it. */
static inline bool layout_is_discovered(enum layout_field f)
{
	return f < LAYOUT_TASK_FLAGS;
}

/* "cred.cap_effective", for doctor and for tests. */
const char *layout_field_name(enum layout_field f);

const char *layout_origin_name(enum layout_origin s);

/* All of it that could be discovered, for -vv. */
void layout_log(const struct layout *l);

#endif
