/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the BPF programs and user space share: the records, the settings that are fixed at load
 * (struct bpf_cfg, which the verifier sees as constants, so that it removes the code for what is
 * not asked for), and the variables of both sides (struct bpf_control, struct bpf_shared).
 *
 * Both sides include it, so it uses the types that both have: __u32 and so on.
 */
#ifndef CAPTRACE_BPF_WIRE_H
#define CAPTRACE_BPF_WIRE_H

#ifdef __bpf__
#include "bpf/vmlinux.h"
#else
#include <linux/types.h>
#endif

/* i386 would align members of eight bytes to four; BPF programs never do. */
#ifndef __aligned_u64
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#endif

#define WIRE_STACK_FRAMES 48
#define WIRE_DUMP_WORDS   32
#define WIRE_UNWIND       14 /* frames from the program up to the caller of cap_capable's caller */

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
	__u32 opts;    /* the fourth argument, unchanged */
	__s32 syscall; /* number */
	__u8 abi;      /* enum syscall_abi; SYSCALL_ABI_NONE: not in a system call */
	__u8 denied;
	__u8 audit;         /* enum wire_tri */
	__u8 insetid;       /* enum wire_tri */
	__u16 stack_len;    /* bytes of a struct wire_stack's frames */
	__u8 startup;       /* enum wire_tri */
	__u8 cred_override; /* only with cfg.want_cred_override */
	char comm[16];
};

/*
 * The first word of a record is its time, with the kind of the record in the top bits (0 for a
 * check). Records that are not checks are made only if asked for (cfg.want_outcome, cfg.want_exec).
 */
#define WIRE_KIND_SHIFT 60
#define WIRE_TIME_MASK  ((1ULL << WIRE_KIND_SHIFT) - 1) /* 36 years */

enum wire_kind { WIRE_CHECK = 0, WIRE_OUTCOME = 1, WIRE_EXEC = 2 };

/* How a system call ended (struct cap_outcome). */
struct wire_outcome {
	__aligned_u64 time;
	__aligned_u64 since; /* time of the first check in the call */
	__aligned_u64 permitted;
	__s64 ret;
	__u64 args[3]; /* the first arguments, by the ABI of the task */
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

/* The record of a check with cfg.want_stack. */
struct wire_stack {
	struct wire_check check;
	__aligned_u64 frames[WIRE_STACK_FRAMES];
};

/* A new cgroup, or a mount namespace in which a program was executed. */
struct wire_cgroup {
	__aligned_u64 key;
	__s32 tgid;     /* for a mount namespace: the process that is in it; else 0 */
	char path[500]; /* "" for a mount namespace, or if the path is too long */
};

/* The version 1 controller whose hierarchy has the cgroup that counts. */
enum wire_v1 {
	WIRE_V1_NAMED = 0, /* none: it is found by the hierarchy's number */
	WIRE_V1_PIDS,
	WIRE_V1_MEMORY,
	WIRE_V1_DEVICES,
	WIRE_V1_FREEZER,
	WIRE_V1_CPU,
};

enum wire_unique {
	WIRE_UNIQUE_NO = 0,
	WIRE_UNIQUE_ROWS,  /* record one of all checks with the same struct wire_agg_key */
	WIRE_UNIQUE_TASKS, /* the same, by thread group, unless the outcome or the order matters */
};

/*
 * Key of the map `aggregates`: of checks with the same key one is recorded, the others are counted.
 */
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
	__u32 tgid, current_userns; /* 0 without WIRE_UNIQUE_TASKS */
};

/* Values of the map `cgroups_wanted`. */
enum wire_wanted { WIRE_WANTED = 1, WIRE_UNWANTED = 2 };

/* The addresses of a function that calls cap_capable. */
struct wire_range {
	__aligned_u64 start, end; /* end is exclusive */
	__u32 kind;               /* enum caller_kind */
	__u32 pad;
};

#define WIRE_RANGES 24
#define WIRE_KINDS  64

enum bpf_mode {
	BPF_MODE_OFF = 0,
	BPF_MODE_CALIBRATE, /* record checks of captrace and its calibrator only */
	BPF_MODE_LIVE,
};

struct bpf_cfg {
	/* Fields that are wanted, apart from those that are always recorded. */
	__u8 want_time, want_comm, want_mntns, want_cgroup, want_syscall, want_stack;
	__u8 want_key, want_startup, want_cgroup_events;
	__u8 unique;                  /* enum wire_unique */
	__u8 want_outcome, want_exec; /* records that are not checks */
	__u8 want_cred_override;
	__u8 ringbuf; /* else a perf event array */
	__u8 copies;  /* the programs run in WIRE_COPIES copies (bpf/once.h) */
	__u8 learned; /* the BTF was made from a layout that was found at run time (bpf:nobtf) */
	/* Target */
	__u8 targeted;       /* only thread groups in `targets` */
	__u8 follow;         /* and their descendants */
	__u8 by_cgroup;      /* leave out cgroups that are unwanted in `cgroups_wanted` */
	__u8 in_child_pidns; /* captrace is not in the initial PID namespace */
	__u8 seeded; /* captrace can't write `targets`: the map `seeds` has the first ones */
	__u32 pidns; /* inode of captrace's PID namespace; used with in_child_pidns */
	__u32 self, calibrator; /* thread groups, numbered by captrace's PID namespace */
	/* Prefilter */
	__u8 verdicts; /* bit 0 allow, bit 1 deny */
	__u8 audited_only;
	__u8 has_uid;
	__u32 uid;
	__aligned_u64 caps;
	/* Machine */
	__s32 v1_hierarchy;       /* the version 1 hierarchy that counts; 0: version 2 only */
	__u8 v1_controller;       /* enum wire_v1 */
	__u32 host_mntns;         /* inode; 0: do not identify containers by mount namespace */
	__aligned_u64 wake_at;    /* wake the reader if more bytes than this are in the ring */
	__aligned_u64 stack_size; /* bytes of a kernel stack, if bpf_task_pt_regs is missing */
	__aligned_u64 mmap_min_addr;
	__u32 securebits_mask;
	__u32 ranges_len;
	struct wire_range ranges[WIRE_RANGES];
};

/* Set by captrace while the programs run; they only read it. */
struct bpf_control {
	__u32 mode;      /* enum bpf_mode */
	__u32 form;      /* enum opts_form of compat/calibrate/calibrate_form.h */
	__u32 self_tgid; /* captrace's thread group in the initial PID namespace */
	__u32 pad;
};

/*
 * Written by the programs. Captrace also writes some members, which are for the ring buffer or for
 * the tracepoint variant: kernels that have these can map the memory into user space, too.
 */
struct bpf_shared {
	__u32 armed;      /* the reader sleeps: wake it at the next record; both write */
	__u32 fill_armed; /* wake it when the ring is filled to cfg.wake_at; both write */
	/*
	 * For the tracepoint variant. The anchor is the address to which the tracepoint's call in
	 * cap_capable returns. Anchor slots: how many words above the context it may be (another
	 * program on the tracepoint moves it). Caller slots: words from the anchor to the return
	 * address of cap_capable, and from there to that of its caller.
	 */
	__aligned_u64 anchor;  /* 0: not found, unwind; user space writes */
	__u32 anchor_slots[2]; /* 0: none; both write */
	__u32 caller_slots[2]; /* user space writes */
	/*
	 * The task that cgroup_attach_task() is moving, if it starts up. cgroup_mutex lets only one
	 * be moved at a time.
	 */
	__aligned_u64 moving;
	/* Losses, counted where they happen; the programs write. */
	__aligned_u64 lost_ring, lost_pair, lost_entries, lost_targets;
	__aligned_u64 made_good;     /* runs that a later copy did because the first was skipped */
	__aligned_u64 starting_full; /* the map `starting` has been full, and is incomplete */
	/* From calibration's last check: the words above the context, and the unwound frames. */
	__aligned_u64 dump[WIRE_DUMP_WORDS];
	__aligned_u64 frames[WIRE_UNWIND];
	__u32 frames_len;
	__u32 pad;
	/*
	 * For the tracepoint variant: a cache of callers' kinds. An entry is one word, so that no
	 * CPU sees half of it: the address without its top byte, which is all ones in kernel
	 * addresses, and the kind.
	 */
	__aligned_u64 kinds[WIRE_KINDS];
};

#define WIRE_COPIES 5

enum target_state { TARGET_NONE = 0, TARGET_LIVE = 1, TARGET_EXITED = 2 };

#define TARGET_GROUP 8 /* an array map rounds the size of its values up to this */

/* A value of the map `targets`: the states of thread groups with consecutive numbers. */
struct target_group {
	__u8 state[TARGET_GROUP]; /* enum target_state */
};

#endif
