/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reference task is a child of captrace whose credentials, name and namespaces are known and
 * unique. It makes a known check when it is told to. Discovery recognises the structures to which
 * the check's arguments point by these values (ftrace/discover/layout_find.h). Two reference tasks
 * with different seeds have no value in common.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H
#define CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct reference_task;

/* What it can be told to do. All but OVERRIDE and COMPAT end with the check of REFERENCE_ASK. */
enum reference_act {
	REFERENCE_ASK, /* checks SETPCAP once or twice, the last time for its own user namespace */
	/* access(2), which overrides the credentials: checks DAC_READ_SEARCH or DAC_OVERRIDE */
	REFERENCE_OVERRIDE,
	REFERENCE_COMPAT,         /* checks SETPCAP in a 32-bit system call of a 64-bit task */
	REFERENCE_UTS,            /* creates a UTS namespace, and with it a new nsproxy */
	REFERENCE_MNT,            /* creates a mount namespace */
	REFERENCE_CGROUP,         /* moves to a new cgroup of version 2 */
	REFERENCE_CGROUP_V1,      /* moves to a new cgroup of the version 1 hierarchy */
	REFERENCE_CGROUP_V1_BACK, /* moves back to captrace's own cgroup there */
	REFERENCE_USER,           /* creates a user namespace; its kernel ids stay the same */
	REFERENCE_COMMIT,         /* commits new credentials that are equal to the old ones */
};

/* The values that are known of a reference task; they change with what it does. */
struct reference_known {
	/*
	 * In captrace's PID namespace. They differ, except for a task that can do REFERENCE_USER.
	 */
	int32_t tid, tgid;
	char comm[16];
	uint32_t ids[6]; /* uid, gid, suid, sgid, euid, egid */
	uint32_t securebits;
	uint64_t inheritable, permitted, effective;
	uint32_t userns, mntns; /* inode numbers; 0: not known */
	uint64_t cgroup;        /* id of its version 2 cgroup; 0: not known */
	uint64_t cgroup_v1;     /* id of its cgroup in the version 1 hierarchy; 0: not known */
	uint32_t owner, group;  /* of its user namespace, if it created that */
};

/*
 * @seed determines its values. With an even seed a thread makes the checks, whose id differs from
 * that of its group; with an odd one a process, which may create user namespaces. @prefix: of the
 * names of its cgroups, in version 2 and in @hierarchy of version 1 (0: none). -EPERM: captrace
 * lacks the capabilities for such a child.
 */
int reference_task_start(struct reference_task **r, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e);

/* Ends the task and removes its cgroups. */
void reference_task_free(struct reference_task *r);

/* The process or thread that makes the checks, in captrace's PID namespace. */
pid_t reference_task_tid(const struct reference_task *r);

/* Binds the process or thread that makes the checks to one CPU. */
void reference_task_bind(struct reference_task *r, int cpu);

/*
 * Makes it do @act, and returns when its check was made. -EOPNOTSUPP: it can't do that here;
 * -ENOEXEC (only for REFERENCE_COMPAT): the kernel has no 32-bit system calls.
 */
int reference_task_do(struct reference_task *r, enum reference_act act);

/* After REFERENCE_USER: maps its ids in that namespace, so that it can create a nested one. */
int reference_task_map_ids(struct reference_task *r);

/* Changes with each act; valid until the task is freed. */
const struct reference_known *reference_task_known(const struct reference_task *r);

#endif
