// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/rules.h"

#include <errno.h>
#include <linux/capability.h>

#include "core/base/util.h"
#include "core/event/syscall_groups.h"
#include "core/event/syscalls.h"

/* The headers of some build machines are too old for these. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38 /* 5.8 */
#define CAP_BPF     39
#endif
#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40 /* 5.9 */
#endif

static const struct {
	int narrow, wide;
	const char *only, *except;
} chains[] = {
	/* generic_permission(); the file handle calls accept only DAC_READ_SEARCH */
	{CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE, NULL, "open_by_handle_at linkat name_to_handle_at"},
	/* bpf_capable(), bpf_net_capable(), perfmon_capable(), checkpoint_restore_ns_capable() */
	{CAP_BPF, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_PERFMON, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_NET_ADMIN, CAP_SYS_ADMIN, "bpf", NULL},
	/* sk_setsockopt() and __sock_cmsg_send(): SO_MARK, SO_PRIORITY; IP_TRANSPARENT */
	{CAP_NET_RAW, CAP_NET_ADMIN, "setsockopt " CALLS_SEND, NULL},
	/* copy_process(): RLIMIT_NPROC */
	{CAP_SYS_RESOURCE, CAP_SYS_ADMIN, CALLS_FORK, NULL},
	/* ioprio_check_cap() checks the wide one first */
	{CAP_SYS_NICE, CAP_SYS_ADMIN, CALLS_IOPRIO, NULL},
};

bool rule_chain(int narrow, int wide)
{
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++)
		if (chains[i].narrow == narrow && chains[i].wide == wide)
			return true;
	return false;
}

bool rule_cover(int narrow, const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++)
		if (chains[i].narrow == narrow)
			return syscall_among(chains[i].only, syscall) &&
			       !(chains[i].except && syscall_among(chains[i].except, syscall));
	return false;
}

/* netlink_rcv_skb() puts the error into its reply: rtnetlink, audit, xfrm, nfnetlink, genetlink */
bool rule_netlink(int cap, const char *syscall)
{
	static const int caps[] = {CAP_NET_ADMIN, CAP_AUDIT_WRITE, CAP_AUDIT_CONTROL,
				   CAP_SYS_ADMIN};

	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (caps[i] == cap)
			return syscall && syscall_among(CALLS_SEND, syscall);
	return false;
}

static const struct {
	int cap, error;
} refusals[] = {
	{CAP_IPC_LOCK, ENOMEM},     /* do_mlock(), over RLIMIT_MEMLOCK */
	{CAP_SYS_RESOURCE, EAGAIN}, /* copy_process(), over RLIMIT_NPROC */
	{CAP_SYS_RESOURCE, ENOSPC}, /* ext4_has_free_clusters() */
	{CAP_SYS_RESOURCE, EDQUOT}, {CAP_SYS_RESOURCE, EMFILE}, /* too_many_unix_fds(), mqueue */
	{CAP_SYS_ADMIN, ENFILE},                                /* alloc_empty_file() */
};

bool rule_refusal(int cap, int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i].cap == cap && refusals[i].error == error)
			return true;
	return false;
}

/* seccomp_prepare_filter() checks only without no_new_privs, and then fails without it */
bool rule_needed(int cap, const char *syscall)
{
	return cap == CAP_SYS_ADMIN && syscall && syscall_among("seccomp prctl", syscall);
}

bool rule_override_is_own(const char *syscall)
{
	return syscall && syscall_among("access faccessat faccessat2 io_uring_enter", syscall);
}

bool rule_unaudited(int cap, const char *syscall)
{
	return cap == CAP_SYS_ADMIN && syscall && syscall_among(CALLS_MMAP, syscall);
}

/* Whether a reason applies to unaudited checks, audited ones or both. */
enum audited { AUDITED_NO, AUDITED_YES, AUDITED_ANY };

#define OVERCOMMIT                                                                       \
	"memory overcommit: checked at every growth of memory, to let an administrator " \
	"use the last 3 %; without it nothing fails unless memory is that short"

static const struct {
	int cap;
	const char *syscalls;
	enum audited audited;
	const char *reason;
} reasons[] = {
	/* cap_vm_enough_memory() */
	{CAP_SYS_ADMIN,
	 CALLS_MMAP " " CALLS_FORK " " CALLS_EXEC " shmget shmat remap_file_pages munmap",
	 AUDITED_NO, OVERCOMMIT},
	/* simple_xattr_list(), *_xattr_trusted_list() */
	{CAP_SYS_ADMIN, CALLS_LISTXATTR " " CALLS_GETXATTR, AUDITED_ANY,
	 "trusted.* attributes: not listed without it"},
	/* cap_vm_enough_memory() through shmem_acct_block() */
	{CAP_SYS_ADMIN,
	 "write pwrite64 writev pwritev ftruncate fallocate sendfile splice "
	 "copy_file_range memfd_create",
	 AUDITED_NO, "memory overcommit of tmpfs: without it nothing fails unless memory is short"},
	/* seccomp_prepare_filter() */
	{CAP_SYS_ADMIN, "seccomp prctl", AUDITED_NO,
	 "a seccomp filter without no_new_privs: not needed with no_new_privs"},
	/* pagemap_open(), pagemap_read() */
	{CAP_SYS_ADMIN, CALLS_READ " " CALLS_OPEN, AUDITED_ANY,
	 "parts of /proc and /sys: show less without it"},
	/* __ptrace_may_access() with PTRACE_MODE_NOAUDIT */
	{CAP_SYS_PTRACE, CALLS_LOOK, AUDITED_NO,
	 "ptrace_may_access: without it /proc shows less of other users' processes"},
	{CAP_SYS_PTRACE, NULL, AUDITED_NO,
	 "ptrace_may_access: the kernel only chose between two answers"},
	/* kallsyms_show_value(), restricted_pointer() */
	{CAP_SYSLOG, NULL, AUDITED_NO,
	 "kernel addresses: without it /proc/kallsyms, modules and %pK show zeros"},
	/* setattr_prepare(), should_remove_suid(), mode_strip_sgid() */
	{CAP_FSETID, CALLS_CHMOD, AUDITED_ANY,
	 "checked at every chmod of a file of another group, although the call set no "
	 "set-group-ID bit"},
	{CAP_FSETID, NULL, AUDITED_ANY, "set-ID bits: cleared when a file changes without it"},
	/* cap_capset() */
	{CAP_SETPCAP, "capset", AUDITED_ANY,
	 "capset checks it at every call, but needs it only to make a capability inheritable that "
	 "is not permitted"},
	/* __sys_setuid(), __sys_setgid() */
	{CAP_SETUID, CALLS_SETUID, AUDITED_YES,
	 "not needed: the call changed no user id, as setuid() to the same user"},
	{CAP_SETGID, CALLS_SETGID, AUDITED_YES,
	 "not needed: the call changed no group id, as setgid() to the same group"},
	/* io_uring_create() */
	{CAP_IPC_LOCK, "io_uring_setup", AUDITED_ANY,
	 "io_uring: without it locked memory counts against RLIMIT_MEMLOCK"},
	/* sk_setsockopt() */
	{CAP_NET_ADMIN, "setsockopt", AUDITED_ANY,
	 "a socket buffer above net.core.rmem_max or wmem_max (SO_RCVBUFFORCE, SO_SNDBUFFORCE): "
	 "without it programs settle for that limit"},
	/* may_open() */
	{CAP_FOWNER, CALLS_OPEN, AUDITED_ANY,
	 "O_NOATIME: programs that may not use it open the file without it"},
	/* inet_diag_dump_icsk(), sock_diag: marks and more of other users' sockets */
	{CAP_NET_ADMIN, CALLS_SEND " recvmsg recvfrom", AUDITED_ANY,
	 "socket and network lists: without it they leave out marks and owners"},
	/* ep_take_care_of_epollwakeup() */
	{CAP_BLOCK_SUSPEND, "epoll_ctl", AUDITED_ANY, "EPOLLWAKEUP: ignored without it"},
	/* bpf_jit_kallsyms, bpf_prog_alloc_jited before 6.18 */
	{CAP_BPF, NULL, AUDITED_NO,
	 "the BPF JIT: the kernel only chose whether to harden its code"},
	{CAP_SYS_ADMIN, "bpf setsockopt", AUDITED_NO,
	 "the BPF JIT: the kernel only chose whether to harden its code"},
	/* oom_badness(), dquot and file system reserves */
	{CAP_SYS_RESOURCE, NULL, AUDITED_NO,
	 "reserves of memory and disks: the kernel only chose how much the task may use"},
};

const char *rule_reason(int cap, const char *syscall, bool audited)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].cap != cap || !syscall_among(reasons[i].syscalls, syscall))
			continue;
		if (reasons[i].audited == AUDITED_ANY ||
		    (reasons[i].audited == AUDITED_YES) == audited)
			return reasons[i].reason;
	}
	return NULL;
}

static const struct {
	int cap;
	const char *syscalls;
	const char *what;
} alternatives[] = {
	{CAP_NET_BIND_SERVICE, NULL,
	 "net.ipv4.ip_unprivileged_port_start=PORT lets every user bind ports from PORT on; or the "
	 "service manager opens the socket (systemd's socket activation)"},
	{CAP_SYS_NICE, "nice setpriority",
	 "RLIMIT_NICE (LimitNICE= in a unit, nice in limits.conf, --ulimit nice= in a container)"},
	{CAP_SYS_NICE, "sched_setscheduler sched_setparam sched_setattr",
	 "RLIMIT_RTPRIO (LimitRTPRIO= in a unit, rtprio in limits.conf, --ulimit rtprio= in a "
	 "container)"},
	{CAP_SYS_NICE, CALLS_IOPRIO, "IOSchedulingClass= and IOSchedulingPriority= in a unit"},
	{CAP_NET_RAW, "socket",
	 "for ping: net.ipv4.ping_group_range=\"0 2147483647\" lets these groups open ICMP "
	 "datagram "
	 "sockets"},
	{CAP_IPC_LOCK, NULL,
	 "RLIMIT_MEMLOCK (LimitMEMLOCK= in a unit, memlock in limits.conf, --ulimit memlock= in a "
	 "container)"},
	{CAP_SYS_RESOURCE, "setrlimit prlimit64",
	 "limits set by the service manager (LimitNOFILE= and so on in a unit, --ulimit in a "
	 "container)"},
	{CAP_SYS_RESOURCE, "fcntl fcntl64", "fs.pipe-max-size for larger pipes"},
	{CAP_SYS_RESOURCE, "mq_open", "fs.mqueue.msg_max and msgsize_max, RLIMIT_MSGQUEUE"},
	{CAP_SYS_RESOURCE, CALLS_FORK,
	 "RLIMIT_NPROC (LimitNPROC= in a unit, --ulimit nproc= in a container)"},
	{CAP_SYS_PTRACE, "ptrace process_vm_readv process_vm_writev",
	 "run as the same user as the traced process, with kernel.yama.ptrace_scope=0 or "
	 "PR_SET_PTRACER"},
	{CAP_SYS_PTRACE, CALLS_LOOK, "run as the same user as the inspected processes"},
	{CAP_SYSLOG, NULL, "kernel.dmesg_restrict=0 to read the kernel log"},
	{CAP_PERFMON, NULL,
	 "kernel.perf_event_paranoid of 2, 1 or lower, which allows some events"},
	{CAP_BPF, NULL, "a BPF token (6.9)"},
	{CAP_SYS_ADMIN, "perf_event_open", "CAP_PERFMON (5.8)"},
	{CAP_SYS_ADMIN, "bpf",
	 "CAP_BPF with CAP_PERFMON or CAP_NET_ADMIN (5.8), or a BPF token (6.9)"},
	{CAP_SYS_ADMIN, "seccomp prctl",
	 "set no_new_privs before the filter (NoNewPrivileges=yes in a unit)"},
	{CAP_SYS_ADMIN,
	 "mount umount2 fsopen fsmount move_mount open_tree mount_setattr pivot_root",
	 "mounts made by the service manager (BindPaths=, TemporaryFileSystem= in a unit, --mount "
	 "in a container), or a user namespace of its own (unshare --user --mount)"},
	{CAP_SYS_ADMIN, "unshare " CALLS_FORK " setns",
	 "a user namespace of its own (unshare --user)"},
	{CAP_SYS_ADMIN, "sethostname setdomainname",
	 "a name set from outside (--hostname in a container), or a user namespace of its own"},
	{CAP_SYS_ADMIN, CALLS_IOPRIO, "CAP_SYS_NICE (5.14)"},
	{CAP_SYS_CHROOT, NULL,
	 "RootDirectory= in a unit, or a user namespace of its own (unshare --map-root-user)"},
	{CAP_SETUID, NULL,
	 "start the program as that user: User= in a unit, runAsUser in a pod, --user in a "
	 "container"},
	{CAP_SETGID, NULL,
	 "start the program in those groups: Group= and SupplementaryGroups= in a unit, runAsGroup "
	 "in a pod, --user and --group-add in a container"},
	{CAP_CHOWN, NULL,
	 "create the files as their owner; StateDirectory= and so on in a unit; fsGroup in a pod"},
	{CAP_DAC_OVERRIDE, NULL, "access to the files by their group or an ACL (setfacl)"},
	{CAP_DAC_READ_SEARCH, NULL, "read access to the files by their group or an ACL (setfacl)"},
	{CAP_FOWNER, NULL, "run as the owner of the files"},
	{CAP_KILL, NULL, "run as the same user as the signalled processes"},
	{CAP_MKNOD, NULL,
	 "devices passed in from outside (DeviceAllow= and bind mounts, --device)"},
	{CAP_SYS_MODULE, NULL, "modules loaded at boot (modules-load.d)"},
	{CAP_NET_ADMIN, "setsockopt",
	 "for buffer sizes (SO_RCVBUFFORCE): net.core.rmem_max and wmem_max, and SO_RCVBUF"},
	{CAP_NET_ADMIN, "ioctl",
	 "for a tun device: create it beforehand for the user (ip tuntap add user)"},
	{CAP_SYS_TIME, NULL,
	 "the host's own time service: a container or unit need not set the clock"},
	{CAP_WAKE_ALARM, NULL, "WakeSystem= in a timer unit"},
};

const char *rule_alternative(int cap, const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++)
		if (alternatives[i].cap == cap && syscall_among(alternatives[i].syscalls, syscall))
			return alternatives[i].what;
	return NULL;
}
