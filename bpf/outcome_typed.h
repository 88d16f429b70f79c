/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracepoints of bpf/outcome.h, typed. */
#ifndef CAPTRACE_OUTCOME_TYPED_H
#define CAPTRACE_OUTCOME_TYPED_H

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	call_return(ctx, regs, ret, true);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	exec_emit(ctx, bprm->filename);
	return 0;
}

#endif
