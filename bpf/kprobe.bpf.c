// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf:kprobe and bpf:nobtf: a probe at cap_capable's entry keeps the arguments for the probe at its
 * return. For kernels without trampolines and, with --btf or as bpf:nobtf, for kernels without BTF.
 */
#include "bpf/callers.h"
#include "bpf/cgroup.h"
#include "bpf/check.h"
#include "bpf/cred.h"
#include "bpf/once.h"
#include "bpf/outcome.h"
#include "bpf/record.h"
#include "bpf/startup.h"
#include "bpf/target.h"

char LICENSE[] SEC("license") = "GPL";

struct entry {
	const struct cred *cred;
	struct user_namespace *target_ns;
	s32 cap;
	u32 opts;
	u32 stack_len;
	u32 pad;
};

/*
 * By thread, each of which makes one check at a time. There are more entries than CPUs only if
 * threads were preempted in the middle of a check.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct entry);
} entries SEC(".maps");

/*
 * Unwinding works only at entry: at the return, the return probe has replaced the return address.
 */
struct entry_stack {
	u64 frames[WIRE_STACK_FRAMES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u64);
	__type(value, struct entry_stack);
} entry_stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct entry_stack);
} stack_scratch SEC(".maps");

static __always_inline u32 stack_keep(void *ctx, u64 id)
{
	u32 zero = 0;
	struct entry_stack *s = bpf_map_lookup_elem(&stack_scratch, &zero);
	long len;

	if (!s)
		return 0;
	len = bpf_get_stack(ctx, s->frames, sizeof(s->frames), 0);
	if (len <= 0 || bpf_map_update_elem(&entry_stacks, &id, s, BPF_ANY))
		return 0;
	return len;
}

SEC("kprobe/cap_capable")
int BPF_KPROBE(cap_capable_entry, const struct cred *cred, struct user_namespace *target_ns,
	       int cap, unsigned int opts)
{
	u64 id = bpf_get_current_pid_tgid();
	struct entry e = {.cred = cred, .target_ns = target_ns, .cap = cap, .opts = opts};

	/*
	 * The other filters wait for the return. If they left out a check here, its return could be
	 * paired with an entry left by an earlier check whose own return was missed.
	 */
	if (!thread_wanted())
		return 0;
	/* An entry that is still there is of a check whose return probe was missed. */
	if (bpf_map_lookup_elem(&entries, &id))
		COUNT(shared.lost_pair);
	if (cfg.want_stack)
		e.stack_len = stack_keep(ctx, id);
	if (bpf_map_update_elem(&entries, &id, &e, BPF_ANY))
		COUNT(shared.lost_entries);
	return 0;
}

SEC("kretprobe/cap_capable")
int BPF_KRETPROBE(cap_capable_return, int ret)
{
	u64 id = bpf_get_current_pid_tgid();
	struct entry *e = bpf_map_lookup_elem(&entries, &id);
	struct user_namespace *target_ns;
	struct entry_stack *s;
	struct check c = {.copy = COPY_LAST}; /* the only one: kprobes run with preemption off */

	if (!e)
		return 0;
	target_ns = e->target_ns; /* a read of `e` in the same expression would be relocated too */
	c.cap = e->cap;
	c.denied = ret != 0;
	check_options(&c, e->opts);
	cred_read(&c, e->cred);
	c.cred_override = cred_override(e->cred);
	c.target_userns = BPF_CORE_READ(target_ns, ns.inum);
	if (cfg.want_stack && e->stack_len) {
		s = bpf_map_lookup_elem(&entry_stacks, &id);
		if (s) {
			c.stack = s->frames;
			c.stack_len = e->stack_len;
		}
	}
	/*
	 * Before the record is made: whatever happens there, no entry may be left for a later
	 * check.
	 */
	bpf_map_delete_elem(&entries, &id);
	if (cap_wanted(c.cap) && verdict_wanted(c.denied) && uid_wanted(c.uid))
		check_emit(ctx, &c);
	return 0;
}

SEC("kprobe/cap_capset")
int BPF_KPROBE(cap_capset_entry)
{
	caller_capset(ctx, COPY_LAST);
	return 0;
}

SEC("kprobe/cap_task_prctl")
int BPF_KPROBE(cap_task_prctl_entry, int option, unsigned long arg2)
{
	caller_prctl(ctx, COPY_LAST, option, arg2);
	return 0;
}

SEC("kprobe/cap_mmap_addr")
int BPF_KPROBE(cap_mmap_addr_entry, unsigned long addr)
{
	caller_mmap_addr(ctx, COPY_LAST, addr);
	return 0;
}

SEC("kprobe/cap_vm_enough_memory")
int BPF_KPROBE(cap_vm_enough_memory_entry)
{
	caller_overcommit(ctx, COPY_LAST);
	return 0;
}

/* Raw tracepoints: typed ones need the kernel's own BTF, which may be missing here. */
#define FOLLOW_FORK(name, copy)                                                                   \
	SEC("raw_tp/sched_process_fork")                                                          \
	int name(struct bpf_raw_tracepoint_args *ctx)                                             \
	{                                                                                         \
		struct task_struct *parent = (void *)ctx->args[0], *child = (void *)ctx->args[1]; \
                                                                                                  \
		target_fork(BPF_CORE_READ(parent, tgid), BPF_CORE_READ(child, tgid), parent);     \
		return 0;                                                                         \
	}

#define FOLLOW_EXIT(name, copy)                                                                    \
	SEC("raw_tp/sched_process_exit")                                                           \
	int name(struct bpf_raw_tracepoint_args *ctx)                                              \
	{                                                                                          \
		struct task_struct *task = (void *)ctx->args[0];                                   \
                                                                                                   \
		target_exit(BPF_CORE_READ(task, tgid), BPF_CORE_READ(task, signal, live.counter)); \
		return 0;                                                                          \
	}

#define FOLLOW_FREE(name, copy)                                                   \
	SEC("raw_tp/sched_process_free")                                          \
	int name(struct bpf_raw_tracepoint_args *ctx)                             \
	{                                                                         \
		struct task_struct *task = (void *)ctx->args[0];                  \
                                                                                  \
		target_free(BPF_CORE_READ(task, pid), BPF_CORE_READ(task, tgid)); \
		return 0;                                                         \
	}

#define SYS_EXIT(name, copy)                                                       \
	SEC("raw_tp/sys_exit")                                                     \
	int name(struct bpf_raw_tracepoint_args *ctx)                              \
	{                                                                          \
		call_return(ctx, copy, (void *)ctx->args[0], ctx->args[1], false); \
		return 0;                                                          \
	}

#define PROCESS_EXEC(name, copy)                                     \
	SEC("raw_tp/sched_process_exec")                             \
	int name(struct bpf_raw_tracepoint_args *ctx)                \
	{                                                            \
		struct linux_binprm *bprm = (void *)ctx->args[2];    \
                                                                     \
		exec_emit(ctx, copy, BPF_CORE_READ(bprm, filename)); \
		return 0;                                            \
	}

COPIES(FOLLOW_FORK, follow_fork)
COPIES(FOLLOW_EXIT, follow_exit)
COPIES(FOLLOW_FREE, follow_free)
COPIES(SYS_EXIT, sys_exit)
COPIES(PROCESS_EXEC, process_exec)

SEC("raw_tp/cgroup_mkdir")
int cgroup_mkdir(struct bpf_raw_tracepoint_args *ctx)
{
	cgroup_made(ctx, (void *)ctx->args[0], (void *)ctx->args[1]);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int mntns_exec(struct bpf_raw_tracepoint_args *ctx)
{
	mntns_entered(ctx, (void *)ctx->args[0]);
	return 0;
}

SEC("raw_tp/cgroup_attach_task")
int start_attach(struct bpf_raw_tracepoint_args *ctx)
{
	startup_attach((void *)ctx->args[0], (void *)ctx->args[2], false);
	return 0;
}

SEC("kprobe/cgroup_attach_task")
int BPF_KPROBE(start_move, struct cgroup *cgroup, struct task_struct *task)
{
	startup_attach(cgroup, task, true);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int start_fork(struct bpf_raw_tracepoint_args *ctx)
{
	startup_fork((void *)ctx->args[0], (void *)ctx->args[1]);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int start_exec(struct bpf_raw_tracepoint_args *ctx)
{
	startup_exec((void *)ctx->args[0]);
	return 0;
}

SEC("raw_tp/sched_process_free")
int start_free(struct bpf_raw_tracepoint_args *ctx)
{
	startup_free((void *)ctx->args[0]);
	return 0;
}
