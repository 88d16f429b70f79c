/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs that call bpf/cgroup.h and bpf/startup.h, for typed tracepoints. */
#ifndef CAPTRACE_BPF_CGROUP_TYPED_H
#define CAPTRACE_BPF_CGROUP_TYPED_H

#include "bpf/cgroup.h"
#include "bpf/startup.h"

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	cgroup_made(ctx, cgroup, path);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(mntns_exec, struct task_struct *task)
{
	mntns_entered(ctx, task);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(start_attach, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	startup_attach(cgroup, task, false);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(start_fork, struct task_struct *parent, struct task_struct *child)
{
	startup_fork(parent, child);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(start_exec, struct task_struct *task)
{
	startup_exec(task);
	return 0;
}

SEC("tp_btf/sched_process_free")
int BPF_PROG(start_free, struct task_struct *task)
{
	startup_free(task);
	return 0;
}

#endif
