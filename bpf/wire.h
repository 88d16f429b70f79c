/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the BPF programs and user space share: the record of a check, the settings that are fixed at
 * load (struct bpf_cfg, which the verifier sees as constants: what is not asked for is not even in
 * the program), and the variables of both sides (struct bpf_control, struct bpf_shared).
 *
 * Included by both: the types of kernel and user space are named __u32 and so on.
 */
#ifndef CAPTRACE_BPF_WIRE_H
#define CAPTRACE_BPF_WIRE_H

#ifdef __bpf__
#include "bpf/vmlinux.h"
#else
#include <linux/types.h>
#endif

/* i386 would place what has eight bytes at multiples of four; BPF programs never do. */
#ifndef __aligned_u64
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#endif

#define WIRE_STACK_FRAMES 48
#define WIRE_DUMP_WORDS   32
#define WIRE_UNWIND       14 /* frames from the program up to the caller of the caller */

enum wire_tri { WIRE_NO = 0, WIRE_YES = 1, WIRE_UNKNOWN = 2 };

struct wire_check {
	__aligned_u64 time; /* CLOCK_MONOTONIC, ns */
	__aligned_u64 caps;
	__aligned_u64 cgroupid;
	__aligned_u64 cgroup_key; /* core/event/cgroup.h */
	__u32 tgid, tid;          /* initial PID namespace */
	__u32 uid, gid;
	__u32 target_userns, current_userns, mntns; /* inodes */
	__s32 cap;
	__u32 opts;    /* the fourth argument as it came */
	__s32 syscall; /* number */
	__u8 abi;      /* enum syscall_abi; SYSCALL_ABI_NONE: not in a system call */
	__u8 denied;
	__u8 audit;         /* enum wire_tri */
	__u8 insetid;       /* enum wire_tri */
	__u16 stack_len;    /* bytes of a struct wire_stack's frames */
	__u8 startup;       /* enum wire_tri */
	__u8 cred_override; /* of the credentials; only with cfg.want_cred_override */
	char comm[16];
};

/*
 * A record's first word is its time. One that is no check has in the top bits what it is; such
 * records are only there if they were asked for (cfg.want_outcome, cfg.want_exec).
 */
#define WIRE_KIND_SHIFT 60
#define WIRE_TIME_MASK  ((1ULL << WIRE_KIND_SHIFT) - 1) /* 36 years */

enum wire_kind { WIRE_CHECK = 0, WIRE_OUTCOME = 1, WIRE_EXEC = 2 };

/* How a system call ended (struct cap_outcome). */
struct wire_outcome {
	__aligned_u64 time;
	__aligned_u64 since; /* of the first check in it */
	__aligned_u64 permitted;
	__s64 ret;
	__u64 args[3]; /* the call's first, as the task's ABI has them */
	__u32 tgid, tid;
	__u8 abi;
	__u8 ids; /* enum wire_tri: a user or group id has changed */
	__u8 has_permitted;
	__u8 pad[5];
};

#define WIRE_FILENAME 232

struct wire_exec {
	__aligned_u64 time;
	__u32 tgid, tid;
	char filename[WIRE_FILENAME];
};

/* The record with cfg.want_stack. */
struct wire_stack {
	struct wire_check check;
	__aligned_u64 frames[WIRE_STACK_FRAMES];
};

/* A cgroup that was made, or a mount namespace that something was executed in. */
struct wire_cgroup {
	__aligned_u64 key;
	__s32 tgid;     /* of a mount namespace: who was in it */
	char path[500]; /* "": of a mount namespace, or too long */
};

/* Which controller of version 1 shows the cgroup that counts. */
enum wire_v1 {
	WIRE_V1_NAMED = 0, /* none: a named hierarchy */
	WIRE_V1_PIDS,
	WIRE_V1_MEMORY,
	WIRE_V1_DEVICES,
	WIRE_V1_FREEZER,
	WIRE_V1_CPU,
};

enum wire_unique {
	WIRE_UNIQUE_NO = 0,
	WIRE_UNIQUE_ROWS,  /* of checks that are the same in struct wire_agg_key, record one */
	WIRE_UNIQUE_TASKS, /* a thread group each, and not where the outcome or the order matters */
};

/* Key of the map `aggregates`: checks that are the same in it are counted, and one is recorded. */
struct wire_agg_key {
	__aligned_u64 cgroup_key;
	char comm[16];
	__u32 target_userns;
	__s32 cap;
	__s32 syscall;
	__u8 abi;
	__u8 denied;
	__u8 audit;                 /* enum wire_tri */
	__u8 startup;               /* enum wire_tri */
	__u32 tgid, current_userns; /* 0 but with WIRE_UNIQUE_TASKS */
};

/* Values of the map `cgroups_wanted`. */
enum wire_wanted { WIRE_WANTED = 1, WIRE_UNWANTED = 2 };

/* Where a caller of cap_capable is. */
struct wire_range {
	__aligned_u64 start, end; /* end is outside */
	__u32 kind;               /* enum caller_kind */
	__u32 pad;
};

#define WIRE_RANGES 24
#define WIRE_KINDS  64

enum bpf_mode {
	BPF_MODE_OFF = 0,
	BPF_MODE_CALIBRATE, /* only captrace itself and its calibrator */
	BPF_MODE_LIVE,
};

struct bpf_cfg {
	/* Fields that somebody looks at; what is always needed isn't listed. */
	__u8 want_time, want_comm, want_mntns, want_cgroup, want_syscall, want_stack;
	__u8 want_key, want_startup, want_cgroup_events;
	__u8 unique;                  /* enum wire_unique */
	__u8 want_outcome, want_exec; /* records beside the checks */
	__u8 want_cred_override;
	__u8 ringbuf; /* else a perf event array */
	__u8 copies;  /* the programs run in WIRE_COPIES copies (bpf/once.h) */
	__u8 learned; /* there is no BTF but one made of what was found */
	/* Target */
	__u8 targeted;       /* only thread groups in `targets` */
	__u8 follow;         /* and their children */
	__u8 by_cgroup;      /* but those of cgroups that are unwanted in `cgroups_wanted` */
	__u8 in_child_pidns; /* captrace isn't in the initial PID namespace: pids below are its own's */
	__u8 seeded; /* thread groups are told by the map `seeds`: `targets` is out of reach */
	__u32 pidns; /* inode of captrace's PID namespace, if nested */
	__u32 self, calibrator; /* thread groups as captrace sees them */
	/* Prefilter */
	__u8 verdicts; /* bit 0 allow, bit 1 deny */
	__u8 audited_only;
	__u8 has_uid;
	__u32 uid;
	__aligned_u64 caps;
	/* Machine */
	__s32 v1_hierarchy;       /* 0: version 2 alone counts */
	__u8 v1_controller;       /* enum wire_v1 */
	__u32 host_mntns;         /* 0: the others are nobody's containers */
	__aligned_u64 wake_at;    /* bytes in the ring that wake the reader */
	__aligned_u64 stack_size; /* of a kernel stack, where bpf_task_pt_regs is missing */
	__aligned_u64 mmap_min_addr;
	__u32 securebits_mask;
	__u32 ranges_len;
	struct wire_range ranges[WIRE_RANGES];
};

/* What captrace tells the programs while they run; they only read it. */
struct bpf_control {
	__u32 mode;      /* enum bpf_mode */
	__u32 form;      /* enum opts_form of compat/calibrate/calibrate.h */
	__u32 self_tgid; /* captrace's thread group in the initial PID namespace */
	__u32 pad;
};

/*
 * What the programs write. Where captrace writes too, that is of the ring buffer or of the
 * tracepoint variant, both of which came after maps that user space can map.
 */
struct bpf_shared {
	__u32 armed;      /* the reader sleeps: wake it at the next record; both write */
	__u32 fill_armed; /* wake it when the ring is filled to cfg.wake_at; both write */
	/*
	 * The tracepoint variant. The address that the tracepoint's call in cap_capable returns to
	 * and how many words above the context it may lie (another program on the tracepoint moves
	 * it); from there to the return addresses of cap_capable and of its caller.
	 */
	__aligned_u64 anchor;  /* 0: not found, unwind; user space writes */
	__u32 anchor_slots[2]; /* 0: none; both write */
	__u32 caller_slots[2]; /* user space writes */
	/* The task that cgroup_attach_task() moves, if it starts up; one at a time: cgroup_mutex. */
	__aligned_u64 moving;
	/* Losses, counted where they happen; the programs write. */
	__aligned_u64 lost_ring, lost_pair, lost_entries, lost_targets;
	__aligned_u64 made_good;     /* what a later copy did because the first was skipped */
	__aligned_u64 starting_full; /* the map `starting` was, and has gaps */
	/* Of the last calibrating check: the stack above the context, and the same unwound. */
	__aligned_u64 dump[WIRE_DUMP_WORDS];
	__aligned_u64 frames[WIRE_UNWIND];
	__u32 frames_len;
	__u32 pad;
	/*
	 * The tracepoint variant's last answers about callers, each in one word so that no CPU sees
	 * half of one: the address without its top byte, all ones in kernel addresses, and the kind.
	 */
	__aligned_u64 kinds[WIRE_KINDS];
};

#define WIRE_COPIES 5

enum target_state { TARGET_NONE = 0, TARGET_LIVE = 1, TARGET_EXITED = 2 };

#define TARGET_GROUP 8 /* an array map rounds its values up to this */

/* A value of the map `targets`: thread groups of consecutive numbers. */
struct target_group {
	__u8 state[TARGET_GROUP]; /* enum target_state */
};

#endif
