/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child whose credentials, names and namespaces are known and unlike anybody else's, and that
 * makes a known check when it is told to: what a probe finds behind the check's pointers is then
 * recognised by its values (ftrace/discover/layout_find.h). Two of them with different seeds agree
 * on nothing.
 */
#ifndef CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H
#define CAPTRACE_FTRACE_DISCOVER_REFERENCE_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct reference_task;

enum reference_act {
	REFERENCE_ASK,      /* SETPCAP, once or twice, the last time of its own user namespace */
	REFERENCE_OVERRIDE, /* DAC_READ_SEARCH or DAC_OVERRIDE, with overridden credentials: access(2) */
	REFERENCE_COMPAT,         /* SETPCAP, by a 32-bit system call of a 64-bit task */
	REFERENCE_UTS,            /* a new UTS namespace, then ASK: its nsproxy is a new one */
	REFERENCE_MNT,            /* a new mount namespace, then ASK */
	REFERENCE_CGROUP,         /* into a new cgroup (v2), then ASK */
	REFERENCE_CGROUP_V1,      /* into a new one of version 1's hierarchy, then ASK */
	REFERENCE_CGROUP_V1_BACK, /* to captrace's own there, then ASK */
	REFERENCE_USER,   /* a new user namespace, then ASK; all ids are of the old one as seen by
			     the kernel */
	REFERENCE_COMMIT, /* new credentials that are the same as before, then ASK */
};

/* What is known of it now. */
struct reference_known {
	int32_t tid,
		tgid; /* in captrace's PID namespace; tid is not tgid but after REFERENCE_USER */
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
 * @prefix begins the names of its cgroups, in version 2 and in @hierarchy of version 1 (0: none).
 * -EPERM if captrace itself is nobody that could make such a child.
 */
int reference_task_start(struct reference_task **w, uint32_t seed, const char *prefix,
			 int hierarchy, struct err *e);
void reference_task_free(struct reference_task *w);

/* The process or thread that asks, in captrace's PID namespace. */
pid_t reference_task_tid(const struct reference_task *w);

/* Keeps what asks on one CPU. */
void reference_task_bind(struct reference_task *w, int cpu);

/*
 * Makes it act; its check is made when this returns. -EOPNOTSUPP if it can't do that here; of
 * REFERENCE_COMPAT -ENOEXEC if the kernel has no 32-bit system calls at all.
 */
int reference_task_do(struct reference_task *w, enum reference_act act);

/*
 * After REFERENCE_USER: gives it ids in its user namespace, so that it can make another one in
 * that.
 */
int reference_task_map_ids(struct reference_task *w);

const struct reference_known *reference_task_known(const struct reference_task *w);

#endif
