/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel types that the programs read, written by hand with only the members that are used.
 * CO-RE finds the real offsets at load: neither the order of members nor missing ones matter here,
 * and the build does not depend on the build host's kernel.
 *
 * A type___suffix is another form that `type` has in some kernels (libbpf drops the suffix).
 */
#ifndef CAPTRACE_BPF_VMLINUX_H
#define CAPTRACE_BPF_VMLINUX_H

/* Lets libbpf's bpf_tracing.h use the kernel's names of registers. */
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u8 u8;
typedef __s32 s32;
typedef __s64 s64;
typedef __u32 u32;
typedef __u64 u64;
/* bpf_helper_defs.h uses these. */
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#ifndef KERNEL_WORD
#define KERNEL_WORD 8 /* bytes of a long in the kernel; 4 in kprobe32.bpf.c */
#endif

#ifndef bool
typedef _Bool bool;
#define true 1
#define false 0
#endif

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_RB_AVAIL_DATA = 0,
};

#define BPF_F_MMAPABLE    (1U << 10)
#define BPF_F_CURRENT_CPU 0xffffffffULL

/* For bpf_core_enum_value_exists(): the running kernel's own enum shows which helpers it has. */
enum bpf_func_id {
	BPF_FUNC_get_current_task_btf = 158, /* 5.11 */
	BPF_FUNC_task_pt_regs = 175,         /* 5.15 */
};

/* A context, not a kernel structure: never relocated. */
struct bpf_raw_tracepoint_args {
	__u64 args[3];
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	u32 val;
} kuid_t;

typedef struct {
	u32 val;
} kgid_t;

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

/* Since f122a08b197d (6.3) the set is one u64. */
struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid, suid, fsuid;
	kgid_t egid, sgid, fsgid;
	unsigned int securebits;
	struct {
		u64 val;
	} cap_permitted;
	struct {
		u64 val;
	} cap_effective;
	struct user_namespace *user_ns;
};

struct cred___v62 {
	struct {
		u32 cap[2];
	} cap_permitted;
	struct {
		u32 cap[2];
	} cap_effective;
};

/* Used to read a word at any address: a kernel type that starts with a 64-bit integer. */
struct timespec64 {
	s64 tv_sec;
};

typedef struct {
	int counter;
} atomic_t;

struct list_head {
	struct list_head *next;
};

struct kernfs_node {
	u64 id; /* 67c0496e87d1 (5.5) */
};

struct kernfs_node___v54 {
	union kernfs_node_id {
		u64 id;
	} id;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level; /* 0: the hierarchy's root */
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

/* The numbers depend on the kernel's configuration; CO-RE puts in the real ones. */
enum cgroup_subsys_id {
	cpu_cgrp_id,
	memory_cgrp_id,
	devices_cgrp_id,
	freezer_cgrp_id,
	pids_cgrp_id,
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
	struct list_head cgrp_links;
};

struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct list_head cgrp_link;
};

struct vfsmount;

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
};

struct mm_struct {
	struct file *exe_file;
};

struct fs_struct {
	struct path root;
};

struct signal_struct {
	atomic_t live;
};

struct linux_binprm {
	const char *filename;
};

struct thread_info {
	u32 status; /* x86 */
};

struct task_struct {
	struct thread_info thread_info;
	void *stack;
	unsigned int flags;
	int pid;
	int tgid;
	char comm[16];
	struct task_struct *group_leader;
	struct pid *thread_pid;
	const struct cred *cred;
	const struct cred *real_cred;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct signal_struct *signal;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	struct fs_struct *fs;
};

#if KERNEL_WORD == 4
/* bpf/regs32.h has struct pt_regs: it is part of the machine's ABI and is not relocated. */
#elif defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bx;
	unsigned long di;
	unsigned long si;
	unsigned long dx;
	unsigned long cx;
	unsigned long r8;
	unsigned long ax;
	unsigned long sp;
	unsigned long orig_ax;
	unsigned long ip;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 pstate;
	u64 orig_x0;
	int syscallno;
};
/* The type through which bpf_tracing.h reads a kprobe's registers. */
struct user_pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 pstate;
};
#elif defined(__TARGET_ARCH_riscv)
struct user_regs_struct {
	unsigned long pc, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7;
};
struct pt_regs {
	unsigned long epc;
	unsigned long a1, a2, a7;
	unsigned long status, cause;
	unsigned long orig_a0;
};
#endif

#pragma clang attribute pop

#endif
