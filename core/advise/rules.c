// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/rules.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/base/util.h"
#include "core/event/event.h"

/* Newer than some builders' headers. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38 /* 5.8 */
#define CAP_BPF     39
#endif
#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40 /* 5.9 */
#endif

#define FORKS    "fork vfork clone clone3"
#define EXECS    "execve execveat"
#define SENDS    "sendto sendmsg sendmmsg write writev socketcall"
#define IO_PRIO  "ioprio_set"
#define CHMODS   "chmod fchmod fchmodat fchmodat2"
#define CHOWNS   "chown lchown fchown fchownat chown32 lchown32 fchown32"
#define SETS     "setxattr lsetxattr fsetxattr setxattrat"
#define SETUIDS  "setuid setuid32 setreuid setreuid32 setresuid setresuid32 setfsuid setfsuid32"
#define SETGIDS  "setgid setgid32 setregid setregid32 setresgid setresgid32 setfsgid setfsgid32"
#define MAPPINGS "brk mmap mmap2 mremap mprotect pkey_mprotect"
#define LISTS    "listxattr llistxattr flistxattr listxattrat"
#define GETS     "getxattr lgetxattr fgetxattr getxattrat"
#define OPENS    "open openat openat2"
#define READS    "read pread64 readv preadv preadv2"
#define LOOKS                                                                                     \
	OPENS " readlink readlinkat stat lstat newfstatat fstatat64 stat64 lstat64 statx access " \
	      "faccessat "                                                                        \
	      "faccessat2 getdents getdents64 chdir " READS

/* Whether @name is among the words of @list; a NULL list has all. */
static bool among(const char *list, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	if (!list)
		return true;
	for (const char *p = list; len && (p = strstr(p, name)); p += len)
		if ((p == list || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}

static const struct {
	int narrow, wide;
	const char *only, *except;
} chains[] = {
	/* generic_permission(); the file handle calls take DAC_READ_SEARCH alone */
	{CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE, NULL, "open_by_handle_at linkat name_to_handle_at"},
	/* bpf_capable(), bpf_net_capable(), perfmon_capable(), checkpoint_restore_ns_capable() */
	{CAP_BPF, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_PERFMON, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_CHECKPOINT_RESTORE, CAP_SYS_ADMIN, NULL, NULL},
	{CAP_NET_ADMIN, CAP_SYS_ADMIN, "bpf", NULL},
	/* sk_setsockopt() and __sock_cmsg_send(): SO_MARK, SO_PRIORITY; IP_TRANSPARENT */
	{CAP_NET_RAW, CAP_NET_ADMIN, "setsockopt " SENDS, NULL},
	/* copy_process(): RLIMIT_NPROC */
	{CAP_SYS_RESOURCE, CAP_SYS_ADMIN, FORKS, NULL},
	/* ioprio_check_cap() asks for the wide one first */
	{CAP_SYS_NICE, CAP_SYS_ADMIN, IO_PRIO, NULL},
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
			return among(chains[i].only, syscall) &&
			       !(chains[i].except && among(chains[i].except, syscall));
	return false;
}

static const struct {
	int cap;
	const char *syscalls;
	enum first first;
} firsts[] = {
	/* __sys_setuid(), __sys_setgid(); the others up to 6.2 (659c0ce1cb9e looks first) */
	{CAP_SETUID, SETUIDS, PRECHECK_IDS},
	{CAP_SETGID, SETGIDS, PRECHECK_IDS},
	/* cap_inh_is_capped() in cap_capset() */
	{CAP_SETPCAP, "capset", PRECHECK_FREE},
	/* setattr_prepare() asks whatever the mode; in chown() and for ACLs the mode isn't new */
	{CAP_FSETID, CHMODS, PRECHECK_CALL},
	{CAP_FSETID, CHOWNS " " SETS, PRECHECK_FREE},
	/* should_remove_suid(), mode_strip_sgid(): asked of files that have such bits */
	{CAP_FSETID, NULL, PRECHECK_SILENT},
	/* sk_setsockopt() */
	{CAP_NET_ADMIN, "setsockopt", PRECHECK_CALL},
	/* inet_diag_dump_icsk(), packet_diag_dump(): what more there is to tell */
	{CAP_NET_ADMIN, "recvmsg recvmmsg recvfrom", PRECHECK_FREE},
	/* simple_xattr_list(), *_xattr_trusted_list(); xattr_permission() says ENODATA */
	{CAP_SYS_ADMIN, LISTS, PRECHECK_FREE},
	{CAP_SYS_ADMIN, GETS, PRECHECK_CALL},
	/* may_open(): O_NOATIME */
	{CAP_FOWNER, OPENS, PRECHECK_TRIED},
	/* ep_take_care_of_epollwakeup() */
	{CAP_BLOCK_SUSPEND, "epoll_ctl", PRECHECK_FREE},
	/* io_uring_create(): locked memory is charged instead */
	{CAP_IPC_LOCK, "io_uring_setup", PRECHECK_FREE},
};

enum first rule_precheck(int cap, const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++)
		if (firsts[i].cap == cap && among(firsts[i].syscalls, syscall))
			return firsts[i].first;
	return PRECHECK_NONE;
}

bool knows_awaited(int cap, const char *syscall)
{
	enum first first = rule_precheck(cap, syscall);

	return first == PRECHECK_IDS || first == PRECHECK_CALL;
}

bool knows_awaited_call(const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++)
		if ((firsts[i].first == PRECHECK_IDS || firsts[i].first == PRECHECK_CALL) &&
		    among(firsts[i].syscalls, syscall))
			return true;
	return false;
}

static enum call_need chmod_needs(const char *syscall, const struct cap_outcome *o)
{
	if (!o || !o->has_args)
		return CALL_SPARES;
	return o->args[strstr(syscall, "chmodat") ? 2 : 1] & S_ISGID ? CALL_LOSES : CALL_SPARES;
}

/* SO_SNDBUFFORCE and SO_RCVBUFFORCE do what their namesakes do, but past a limit. */
static enum call_need setsockopt_needs(const char *syscall, const struct cap_outcome *o)
{
	if (!o || !o->has_args || (int)o->args[1] != SOL_SOCKET)
		return CALL_NEEDS;
	return (int)o->args[2] == SO_SNDBUFFORCE || (int)o->args[2] == SO_RCVBUFFORCE ? CALL_SPARES
										      : CALL_NEEDS;
}

static enum call_need getxattr_needs(const char *syscall, const struct cap_outcome *o)
{
	return o && o->has_ret && o->ret == -ENODATA ? CALL_SPARES : CALL_NEEDS;
}

static const struct {
	int cap;
	const char *syscalls;
	enum call_need (*need)(const char *syscall, const struct cap_outcome *o);
} calls[] = {
	{CAP_FSETID, CHMODS, chmod_needs},
	{CAP_NET_ADMIN, "setsockopt", setsockopt_needs},
	{CAP_SYS_ADMIN, GETS, getxattr_needs},
};

enum call_need rule_call(int cap, const char *syscall, const struct cap_outcome *o)
{
	for (size_t i = 0; syscall && i < ARRAY_SIZE(calls); i++)
		if (calls[i].cap == cap && among(calls[i].syscalls, syscall))
			return calls[i].need(syscall, o);
	return CALL_NEEDS;
}

/* netlink_rcv_skb() acknowledges with the error; rtnetlink, audit, xfrm, nfnetlink, genetlink */
bool rule_later(int cap, const char *syscall)
{
	static const int caps[] = {CAP_NET_ADMIN, CAP_AUDIT_WRITE, CAP_AUDIT_CONTROL,
				   CAP_SYS_ADMIN};

	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (caps[i] == cap)
			return syscall && among(SENDS, syscall);
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

/* seccomp_prepare_filter() asks only without no_new_privs, and fails then */
bool rule_needed(int cap, const char *syscall)
{
	return cap == CAP_SYS_ADMIN && syscall && among("seccomp prctl", syscall);
}

bool rule_unaudited(int cap, const char *syscall)
{
	return cap == CAP_SYS_ADMIN && syscall && among(MAPPINGS, syscall);
}

enum asked { ASKED_QUIETLY, ASKED_ALOUD, ASKED_ANYHOW };

#define OVERCOMMIT                                                                     \
	"memory overcommit: asked at every growth of memory, to let an administrator " \
	"use its last 3 %; nothing fails without it unless memory is that short"

static const struct {
	int cap;
	const char *syscalls;
	enum asked asked;
	const char *reason;
} reasons[] = {
	/* cap_vm_enough_memory() */
	{CAP_SYS_ADMIN, MAPPINGS " " FORKS " " EXECS " shmget shmat remap_file_pages munmap",
	 ASKED_QUIETLY, OVERCOMMIT},
	/* simple_xattr_list(), *_xattr_trusted_list() */
	{CAP_SYS_ADMIN, LISTS " " GETS, ASKED_ANYHOW,
	 "trusted.* attributes: without it they are not listed"},
	/* cap_vm_enough_memory() through shmem_acct_block() */
	{CAP_SYS_ADMIN,
	 "write pwrite64 writev pwritev ftruncate fallocate sendfile splice "
	 "copy_file_range memfd_create",
	 ASKED_QUIETLY,
	 "memory overcommit of tmpfs; nothing fails without it unless memory is short"},
	/* seccomp_prepare_filter() */
	{CAP_SYS_ADMIN, "seccomp prctl", ASKED_QUIETLY,
	 "a seccomp filter without no_new_privs: not needed where that is set"},
	/* pagemap_open(), pagemap_read() */
	{CAP_SYS_ADMIN, READS " " OPENS, ASKED_ANYHOW,
	 "without it parts of /proc and /sys show less"},
	/* __ptrace_may_access() with PTRACE_MODE_NOAUDIT */
	{CAP_SYS_PTRACE, LOOKS, ASKED_QUIETLY,
	 "ptrace_may_access: without it /proc shows less of other users' processes"},
	{CAP_SYS_PTRACE, NULL, ASKED_QUIETLY,
	 "ptrace_may_access: asked to choose between two answers, not to refuse one"},
	/* kallsyms_show_value(), restricted_pointer() */
	{CAP_SYSLOG, NULL, ASKED_QUIETLY,
	 "kernel addresses: without it /proc/kallsyms, modules and %pK show zeros"},
	/* setattr_prepare(), should_remove_suid(), mode_strip_sgid() */
	{CAP_FSETID, CHMODS, ASKED_ANYHOW,
	 "asked at every chmod of a file whose group isn't one's own, though no set-group-ID bit "
	 "was to be set"},
	{CAP_FSETID, NULL, ASKED_ANYHOW,
	 "set-ID bits: without it they are cleared when a file changes"},
	/* cap_capset() */
	{CAP_SETPCAP, "capset", ASKED_ANYHOW,
	 "capset asks for it at every call; needed only to make inheritable what isn't permitted"},
	/* __sys_setuid(), __sys_setgid() */
	{CAP_SETUID, SETUIDS, ASKED_ALOUD, "asked first, and the call changed no user id"},
	{CAP_SETGID, SETGIDS, ASKED_ALOUD, "asked first, and the call changed no group id"},
	/* io_uring_create() */
	{CAP_IPC_LOCK, "io_uring_setup", ASKED_ANYHOW,
	 "io_uring: without it locked memory counts against RLIMIT_MEMLOCK"},
	/* sk_setsockopt() */
	{CAP_NET_ADMIN, "setsockopt", ASKED_ANYHOW,
	 "a socket buffer past net.core.rmem_max or wmem_max (SO_RCVBUFFORCE, SO_SNDBUFFORCE): "
	 "without it programs take what is allowed"},
	/* may_open() */
	{CAP_FOWNER, OPENS, ASKED_ANYHOW, "O_NOATIME: who may not, opens the file without"},
	/* inet_diag_dump_icsk(), sock_diag: marks and more of foreign sockets */
	{CAP_NET_ADMIN, SENDS " recvmsg recvfrom", ASKED_ANYHOW,
	 "socket and network lists: without it they leave out marks and owners"},
	/* ep_take_care_of_epollwakeup() */
	{CAP_BLOCK_SUSPEND, "epoll_ctl", ASKED_ANYHOW, "EPOLLWAKEUP is ignored without it"},
	/* bpf_jit_kallsyms, bpf_prog_alloc_jited before 6.18 */
	{CAP_BPF, NULL, ASKED_QUIETLY, "the BPF compiler: asked to choose its hardening"},
	{CAP_SYS_ADMIN, "bpf setsockopt", ASKED_QUIETLY,
	 "the BPF compiler: asked to choose its hardening"},
	/* oom_badness(), dquot and file system reserves */
	{CAP_SYS_RESOURCE, NULL, ASKED_QUIETLY,
	 "reserves of memory and disks: asked to choose how much may be used"},
};

const char *rule_reason(int cap, const char *syscall, bool audited)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].cap != cap || !among(reasons[i].syscalls, syscall))
			continue;
		if (reasons[i].asked == ASKED_ANYHOW ||
		    (reasons[i].asked == ASKED_ALOUD) == audited)
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
	 "net.ipv4.ip_unprivileged_port_start=PORT lets everybody bind from that port on; or the "
	 "manager opens the socket (systemd's socket activation)"},
	{CAP_SYS_NICE, "nice setpriority",
	 "RLIMIT_NICE (LimitNICE= in a unit, nice in limits.conf, --ulimit nice= in a container)"},
	{CAP_SYS_NICE, "sched_setscheduler sched_setparam sched_setattr",
	 "RLIMIT_RTPRIO (LimitRTPRIO= in a unit, rtprio in limits.conf, --ulimit rtprio= in a "
	 "container)"},
	{CAP_SYS_NICE, IO_PRIO, "IOSchedulingClass= and IOSchedulingPriority= in a unit"},
	{CAP_NET_RAW, "socket",
	 "for ping: net.ipv4.ping_group_range=\"0 2147483647\" lets its groups open ICMP datagram "
	 "sockets"},
	{CAP_IPC_LOCK, NULL,
	 "RLIMIT_MEMLOCK (LimitMEMLOCK= in a unit, memlock in limits.conf, --ulimit memlock= in a "
	 "container)"},
	{CAP_SYS_RESOURCE, "setrlimit prlimit64",
	 "the limits set by the manager (LimitNOFILE= and so on in a unit, --ulimit in a "
	 "container)"},
	{CAP_SYS_RESOURCE, "fcntl fcntl64", "fs.pipe-max-size for larger pipes"},
	{CAP_SYS_RESOURCE, "mq_open", "fs.mqueue.msg_max and msgsize_max, RLIMIT_MSGQUEUE"},
	{CAP_SYS_RESOURCE, FORKS,
	 "RLIMIT_NPROC (LimitNPROC= in a unit, --ulimit nproc= in a container)"},
	{CAP_SYS_PTRACE, "ptrace process_vm_readv process_vm_writev",
	 "the same user as the process traced, and kernel.yama.ptrace_scope=0 or PR_SET_PTRACER"},
	{CAP_SYS_PTRACE, LOOKS, "the same user as the processes looked at"},
	{CAP_SYSLOG, NULL, "kernel.dmesg_restrict=0 for reading the kernel's log"},
	{CAP_PERFMON, NULL, "kernel.perf_event_paranoid at 2, 1 or below, as far as that goes"},
	{CAP_BPF, NULL, "a BPF token (6.9)"},
	{CAP_SYS_ADMIN, "perf_event_open", "CAP_PERFMON (5.8)"},
	{CAP_SYS_ADMIN, "bpf",
	 "CAP_BPF with CAP_PERFMON or CAP_NET_ADMIN (5.8), or a BPF token (6.9)"},
	{CAP_SYS_ADMIN, "seccomp prctl",
	 "no_new_privs before the filter (NoNewPrivileges=yes in a unit)"},
	{CAP_SYS_ADMIN,
	 "mount umount2 fsopen fsmount move_mount open_tree mount_setattr pivot_root",
	 "mounts made by the manager (BindPaths=, TemporaryFileSystem= in a unit, --mount in a "
	 "container), or a user namespace of its own (unshare --user --mount)"},
	{CAP_SYS_ADMIN, "unshare " FORKS " setns", "a user namespace of its own (unshare --user)"},
	{CAP_SYS_ADMIN, "sethostname setdomainname",
	 "a name given by the manager (--hostname in a container), or a user namespace of its own"},
	{CAP_SYS_ADMIN, IO_PRIO, "CAP_SYS_NICE (5.14)"},
	{CAP_SYS_CHROOT, NULL,
	 "RootDirectory= in a unit, or a user namespace of its own (unshare --map-root-user)"},
	{CAP_SETUID, NULL,
	 "to start as that user: User= in a unit, runAsUser in a pod, --user in a container"},
	{CAP_SETGID, NULL,
	 "to start in those groups: Group= and SupplementaryGroups= in a unit, runAsGroup in a "
	 "pod, "
	 "--user and --group-add in a container"},
	{CAP_CHOWN, NULL,
	 "files made by their user; StateDirectory= and so on in a unit; fsGroup in a pod"},
	{CAP_DAC_OVERRIDE, NULL, "rights on the files: their group, or an ACL (setfacl)"},
	{CAP_DAC_READ_SEARCH, NULL, "rights to read the files: their group, or an ACL (setfacl)"},
	{CAP_FOWNER, NULL, "to run as the owner of the files"},
	{CAP_KILL, NULL, "the same user as the processes signalled"},
	{CAP_MKNOD, NULL, "devices given by the manager (DeviceAllow= and bind mounts, --device)"},
	{CAP_SYS_MODULE, NULL, "modules loaded at boot (modules-load.d)"},
	{CAP_NET_ADMIN, "setsockopt",
	 "for buffer sizes (SO_RCVBUFFORCE): net.core.rmem_max and wmem_max, and SO_RCVBUF"},
	{CAP_NET_ADMIN, "ioctl",
	 "for a tun device: one made beforehand for the user (ip tuntap add user)"},
	{CAP_SYS_TIME, NULL,
	 "the host's own time service; a container or unit need not set the clock"},
	{CAP_WAKE_ALARM, NULL, "WakeSystem= in a timer unit"},
};

const char *rule_alternative(int cap, const char *syscall)
{
	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++)
		if (alternatives[i].cap == cap && among(alternatives[i].syscalls, syscall))
			return alternatives[i].what;
	return NULL;
}
