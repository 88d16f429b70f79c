/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reference task is a child of captrace's whose credentials, name and namespaces are known and
 * like nobody else's. It makes a known check when it is told to, and what a probe finds behind the
 * check's pointers is recognised by its values (ftrace/discover/layout_find.h). Two of them with
 * different seeds have no value in common.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H
#define CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct reference_task;

/* What it can be told to do. All but OVERRIDE and COMPAT end with REFERENCE_ASK's check. */
enum reference_act {
	REFERENCE_ASK, /* SETPCAP, once or twice, the last time of its own user namespace */
	/* access(2), whose credentials are overridden ones: DAC_READ_SEARCH or DAC_OVERRIDE */
	REFERENCE_OVERRIDE,
	REFERENCE_COMPAT,         /* SETPCAP, by a 32-bit system call of a 64-bit task */
	REFERENCE_UTS,            /* a new UTS namespace: its nsproxy is a new one */
	REFERENCE_MNT,            /* a new mount namespace */
	REFERENCE_CGROUP,         /* into a new cgroup of version 2 */
	REFERENCE_CGROUP_V1,      /* into a new one of the hierarchy of version 1 */
	REFERENCE_CGROUP_V1_BACK, /* to captrace's own there */
	REFERENCE_USER,           /* a new user namespace; its ids stay those of the old one */
	REFERENCE_COMMIT,         /* new credentials that are the same as before */
};

/* What is known of it now. */
struct reference_known {
	/* In captrace's PID namespace. They differ, except in a task that can do REFERENCE_USER. */
	int32_t tid, tgid;
	char comm[16];
	uint32_t ids[6]; /* uid, gid, suid, sgid, euid, egid */
	uint32_t securebits;
	uint64_t inheritable, permitted, effective;
	uint32_t userns, mntns; /* inodes; 0: not known */
	uint64_t cgroup;        /* id of its cgroup v2; 0: not known */
	uint64_t cgroup_v1;     /* and of that in the hierarchy of version 1 */
	uint32_t owner, group;  /* of its user namespace, if it made it */
};

/*
 * @seed decides its values. An even one's checks are made by a thread, whose number is not its
 * group's; an odd one's by a process, which may make user namespaces. @prefix begins the names of
 * its cgroups, in version 2 and in @hierarchy of version 1 (0: none). -EPERM if captrace lacks what
 * it takes to make such a child.
 */
int reference_task_start(struct reference_task **r, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e);

/* It ends, and its cgroups are removed. */
void reference_task_free(struct reference_task *r);

/* The process or thread that asks, in captrace's PID namespace. */
pid_t reference_task_tid(const struct reference_task *r);

/* Keeps what asks on one CPU. */
void reference_task_bind(struct reference_task *r, int cpu);

/*
 * Makes it act; its check is made when this returns. -EOPNOTSUPP if it can't do that here; of
 * REFERENCE_COMPAT -ENOEXEC if the kernel has no 32-bit system calls at all.
 */
int reference_task_do(struct reference_task *r, enum reference_act act);

/* After REFERENCE_USER: gives it ids in that namespace, so that it can make another one inside. */
int reference_task_map_ids(struct reference_task *r);

/* Changes with what the task does; gone with it. */
const struct reference_known *reference_task_known(const struct reference_task *r);

#endif
