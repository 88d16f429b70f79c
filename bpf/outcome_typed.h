/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs that call bpf/outcome.h, for typed tracepoints. */
#ifndef CAPTRACE_BPF_OUTCOME_TYPED_H
#define CAPTRACE_BPF_OUTCOME_TYPED_H

#include "bpf/once.h"
#include "bpf/outcome.h"

#define SYS_EXIT(name, copy)                               \
	SEC("tp_btf/sys_exit")                             \
	int BPF_PROG(name, struct pt_regs *regs, long ret) \
	{                                                  \
		call_return(ctx, copy, regs, ret, true);   \
		return 0;                                  \
	}

#define PROCESS_EXEC(name, copy)                                                             \
	SEC("tp_btf/sched_process_exec")                                                     \
	int BPF_PROG(name, struct task_struct *task, int old_pid, struct linux_binprm *bprm) \
	{                                                                                    \
		exec_emit(ctx, copy, bprm->filename);                                        \
		return 0;                                                                    \
	}

COPIES(SYS_EXIT, sys_exit)
COPIES(PROCESS_EXEC, process_exec)

#endif
