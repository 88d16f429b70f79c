/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracepoints that keep `targets`, typed. */
#ifndef CAPTRACE_FOLLOW_TYPED_H
#define CAPTRACE_FOLLOW_TYPED_H

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child)
{
	target_fork(parent->tgid, child->tgid, parent);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(follow_exit, struct task_struct *task)
{
	target_exit(task->tgid, task->signal->live.counter);
	return 0;
}

SEC("tp_btf/sched_process_free")
int BPF_PROG(follow_free, struct task_struct *task)
{
	target_free(task->pid, task->tgid);
	return 0;
}

#endif
