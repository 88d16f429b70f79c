/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that are not checks: how the system calls ended in which a capability was denied (or was
 * granted, where only the effect of the call shows whether it was needed), and which files were
 * executed.
 */
#ifndef CAPTRACE_BPF_OUTCOME_H
#define CAPTRACE_BPF_OUTCOME_H

#include "bpf/args.h"
#include "bpf/once.h"
#include "bpf/record.h"
#include "bpf/target.h"
#include "bpf/task.h"
#include "core/event/syscall_abi.h"

#define CAP_DAC_OVERRIDE 1
#define CAP_FSETID       4
#define CAP_SETGID       6
#define CAP_SETUID       7
#define CAP_SETPCAP      8
#define CAP_NET_ADMIN    12
#define CAP_SYS_ADMIN    21
#define CAP_SYS_NICE     23

/*
 * Capabilities that the kernel sometimes asks for without need: the arguments and the result of the
 * system call show whether it did.
 */
#define CAPS_ARGUABLE                                                                 \
	(1u << CAP_FSETID | 1u << CAP_SETGID | 1u << CAP_SETUID | 1u << CAP_SETPCAP | \
	 1u << CAP_NET_ADMIN | 1u << CAP_SYS_ADMIN | 1u << CAP_SYS_NICE)

/* A system call that a thread is in, and whose outcome is wanted because of a check in it. */
struct call {
	u64 since; /* time of the first such check */
	u64 ids;   /* a hash of the thread's ids at the check */
	u8 abi;
	u8 has_ids;
	u8 pad[6];
};

/*
 * By thread; the return of the system call deletes the entry. If a thread never returns, the map
 * evicts its entry sooner or later, and no outcome is lost by that.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct call);
} calls SEC(".maps");

static __always_inline u64 ids_mix(u64 h, u32 a, u32 b)
{
	/*
	 * Fibonacci hashing is enough: whoever can choose ids that collide is privileged already,
	 * and gains nothing by it.
	 */
	return (h ^ ((u64)a << 32 | b)) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline u64 ids_of(const struct cred *cred)
{
	u64 h = ids_mix(0, cred->uid.val, cred->gid.val);

	h = ids_mix(h, cred->euid.val, cred->egid.val);
	h = ids_mix(h, cred->suid.val, cred->sgid.val);
	return ids_mix(h, cred->fsuid.val, cred->fsgid.val);
}

static __always_inline u64 ids_read(const struct cred *cred)
{
	u64 h = ids_mix(0, BPF_CORE_READ(cred, uid.val), BPF_CORE_READ(cred, gid.val));

	h = ids_mix(h, BPF_CORE_READ(cred, euid.val), BPF_CORE_READ(cred, egid.val));
	h = ids_mix(h, BPF_CORE_READ(cred, suid.val), BPF_CORE_READ(cred, sgid.val));
	return ids_mix(h, BPF_CORE_READ(cred, fsuid.val), BPF_CORE_READ(cred, fsgid.val));
}

static __always_inline u64 permitted_of(const struct cred *cred)
{
	if (bpf_core_field_exists(cred->cap_permitted.val))
		return cred->cap_permitted.val;
	const struct cred___v62 *old = (const void *)cred;

	return old->cap_permitted.cap[0] | (u64)old->cap_permitted.cap[1] << 32;
}

/* A layout that was found at run time may lack some of these members. */
static __always_inline bool ids_are_known(const struct cred *cred)
{
	return bpf_core_field_exists(cred->suid) && bpf_core_field_exists(cred->sgid) &&
	       bpf_core_field_exists(cred->egid) && bpf_core_field_exists(cred->fsuid) &&
	       bpf_core_field_exists(cred->fsgid) && bpf_core_field_exists(cred->cap_permitted);
}

/* False if they are unknown. */
static __always_inline bool current_ids(u64 *ids, u64 *permitted)
{
	if (HAVE_TASK_BTF) {
		const struct cred *cred = bpf_get_current_task_btf()->cred;

		*ids = ids_of(cred);
		*permitted = permitted_of(cred);
	} else {
		struct task_struct *task = (void *)bpf_get_current_task();
		const struct cred *cred = BPF_CORE_READ(task, cred);

		if (!ids_are_known(cred))
			return false;
		*ids = ids_read(cred);
		bpf_core_read(permitted, sizeof(*permitted), &cred->cap_permitted);
	}
	return true;
}

/* setuid() and setgid() ask for the capability before they look whether it is needed. */
static __always_inline bool changes_ids(const struct check *c)
{
	return c->cap == CAP_SETUID || c->cap == CAP_SETGID;
}

static __always_inline bool outcome_matters(const struct check *c)
{
	if (c->audit == WIRE_NO)
		return false;
	return c->denied || (c->cap < 32 && CAPS_ARGUABLE >> c->cap & 1);
}

/*
 * If the outcome of check @c matters, has the return of its system call recorded. @r: its record.
 */
static __always_inline void call_note(const struct check *c, const struct wire_check *r)
{
	struct call call = {}, *seen;
	u32 tid = r->tid;
	u64 permitted;

	if (control.mode != BPF_MODE_LIVE || !outcome_matters(c))
		return;
	if (cfg.want_syscall && r->abi == SYSCALL_ABI_NONE)
		return;
	seen = bpf_map_lookup_elem(&calls, &tid);
	if (seen && (seen->has_ids || !changes_ids(c)))
		return;
	call.since = seen ? seen->since : r->time;
	call.abi = cfg.want_syscall ? r->abi : SYSCALL_ABI_NONE;
	if (changes_ids(c))
		call.has_ids = current_ids(&call.ids, &permitted);
	bpf_map_update_elem(&calls, &tid, &call, BPF_ANY);
}

/*
 * Runs at every return from a system call, of any thread: one lookup if the outcome is not wanted.
 */
static __always_inline void call_return(void *ctx, u32 copy, const struct pt_regs *regs, s64 ret,
					bool typed)
{
	u64 id = bpf_get_current_pid_tgid(), ids;
	u32 tid = id;
	struct call *seen = bpf_map_lookup_elem(&calls, &tid), call;
	struct wire_outcome *r;

	if (!seen) {
		copy_idle(copy);
		return;
	}
	copy_works(copy);
	call = *seen;
	bpf_map_delete_elem(&calls, &tid);
	r = extra_reserve(sizeof(*r));
	if (!r)
		return;
	r->time = extra_time(WIRE_OUTCOME);
	r->since = call.since;
	r->ret = ret;
	r->tgid = id >> 32;
	r->tid = tid;
	r->abi = call.abi;
	if (typed)
		args_load(r->args, regs, call.abi);
	else
		args_read(r->args, regs, call.abi);
	r->has_permitted = current_ids(&ids, &r->permitted);
	r->ids = !call.has_ids ? WIRE_UNKNOWN : ids != call.ids ? WIRE_YES : WIRE_NO;
	record_submit(ctx, r, sizeof(*r), copy_wakes(copy));
}

static __always_inline void exec_emit(void *ctx, u32 copy, const char *filename)
{
	struct wire_exec *r;
	u64 id;

	if (!run_once(copy) || control.mode != BPF_MODE_LIVE || !thread_wanted())
		return;
	r = extra_reserve(sizeof(*r));
	if (!r)
		return;
	r->time = extra_time(WIRE_EXEC);
	id = bpf_get_current_pid_tgid();
	r->tgid = id >> 32;
	r->tid = id;
	if (bpf_probe_read_kernel_str(r->filename, sizeof(r->filename), filename) < 0)
		r->filename[0] = '\0';
	record_submit(ctx, r, sizeof(*r), copy_wakes(copy));
}

#endif
