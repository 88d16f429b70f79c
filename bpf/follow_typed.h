/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs that keep `targets` up to date, for typed tracepoints. */
#ifndef CAPTRACE_BPF_FOLLOW_TYPED_H
#define CAPTRACE_BPF_FOLLOW_TYPED_H

#include "bpf/once.h"
#include "bpf/target.h"

#define FOLLOW_FORK(name, copy)                                                   \
	SEC("tp_btf/sched_process_fork")                                          \
	int BPF_PROG(name, struct task_struct *parent, struct task_struct *child) \
	{                                                                         \
		target_fork(parent->tgid, child->tgid, parent);                   \
		return 0;                                                         \
	}

#define FOLLOW_EXIT(name, copy)                                      \
	SEC("tp_btf/sched_process_exit")                             \
	int BPF_PROG(name, struct task_struct *task)                 \
	{                                                            \
		target_exit(task->tgid, task->signal->live.counter); \
		return 0;                                            \
	}

#define FOLLOW_FREE(name, copy)                      \
	SEC("tp_btf/sched_process_free")             \
	int BPF_PROG(name, struct task_struct *task) \
	{                                            \
		target_free(task->pid, task->tgid);  \
		return 0;                            \
	}

/* Every copy does the whole work: doing it twice has the same result. */
COPIES(FOLLOW_FORK, follow_fork)
COPIES(FOLLOW_EXIT, follow_exit)
COPIES(FOLLOW_FREE, follow_free)

#endif
